// Planner protocol 1 from a builtin planner's side: requests in, answers out. Belongs to the thread of one instance.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "messages/builtin.hpp"

namespace planguild {

struct builtin_answer {
  std::string line;   // empty: nothing to say
  bool exit = false;  // after the answer
};

class builtin_protocol {
 public:
  using cancel_flag = std::shared_ptr<std::atomic<bool>>;
  /// `send` takes notifications while a request runs. `begin` is told the id of a plan request and gives what cancels
  /// it.
  builtin_protocol(const builtin_registration& registration, std::function<void(std::string)> send,
                   std::function<cancel_flag(const std::string& id)> begin);

  /// Answers one line. Never throws, whatever the planner throws: that becomes an error answer.
  builtin_answer answer(const std::string& line);

 private:
  struct call;
  void dispatch(call& now);
  void initialize(call& now);
  void self_test(call& now);
  void generate_plan(call& now);

  const builtin_registration& registration_;
  std::function<void(std::string)> send_;
  std::function<cancel_flag(const std::string& id)> begin_;
  std::unique_ptr<builtin_planner> planner_;  // made by `initialize`, on this thread
};

}  // namespace planguild
