// Planner processes that follow a script instead of running: what each says, when it says it and how it ends is the
// test's choice, in test time. Owned by one test; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "messages/environment.hpp"
#include "tests/support/test_system.hpp"

namespace planguild::test {

class scripted_processes;

/// One running process, as its script sees it.
class scripted_process {
 public:
  scripted_process(scripted_processes& owner, std::uint64_t id, process_command command, process_sink sink);

  const process_command& command() const noexcept { return command_; }
  std::uint64_t id() const noexcept { return id_; }
  bool has_ended() const noexcept { return ended_; }

  /// Sends a line as it stands.
  void say(const std::string& line);
  /// Answers a request.
  void reply(const nlohmann::json& request, nlohmann::json result);
  void reply_error(const nlohmann::json& request, const std::string& message);
  void say_too_long();
  /// Closes the output; `partial` is an unfinished last line.
  void close_output(const std::string& partial = {});
  void exit(int code, const std::string& stderr_tail = {});
  void die(int signal, const std::string& stderr_tail = {});
  void fail_to_start(const std::string& why);
  /// The layers that are on do not suffice: it ends before its first byte.
  void refuse(const sandbox_posture& posture, const std::string& why);
  /// The last event, with whatever it should say of the end.
  void end(process_event event);

 private:
  friend class scripted_processes;
  void emit(process_event event);

  scripted_processes& owner_;
  std::uint64_t id_;
  process_command command_;
  process_sink sink_;
  bool ended_ = false;
};

/// A posture in which every guarantee holds, and one without file reads held off.
sandbox_posture full_posture();
sandbox_posture posture_without_landlock();

/// What a planner does. Every member has a well-behaved default.
struct planner_script {
  /// Right after the start; the default says nothing.
  std::function<void(scripted_process&)> on_start;
  /// What is told of its sandbox right after the start; none: nothing, as of a builtin.
  std::optional<sandbox_posture> posture = full_posture();
  /// A request or notification arrived; true if it was dealt with, else the default answers it after `answer_delay_ms`.
  std::function<bool(scripted_process&, const nlohmann::json& request)> on_request;
  /// The host kills it; the default dies of signal 9 at once.
  std::function<void(scripted_process&)> on_kill;
  std::int64_t answer_delay_ms = 0;
  std::string version = "1.0.0";
  std::vector<std::string> capabilities = {"structural"};
  nlohmann::json plan = nlohmann::json::parse(
      R"({"objective":"o","tasks":[{"id":"a","title":"A","description":"","kind":"edit","target":"a.cpp",
          "depends_on":[],"risk":"low","effort":"S","evidence":[]}],"evidence":[],"meta":{}})");
};

class scripted_processes final : public process_runner {
 public:
  explicit scripted_processes(test_system& world) : world_(world) {}

  /// The script of the planner `name`; make or change it before its process starts.
  planner_script& script(const std::string& name) { return scripts_[name]; }
  test_system& world() noexcept { return world_; }

  /// How often processes of `name` were started, and how many of all still run.
  std::size_t starts(const std::string& name) const;
  std::size_t running() const;
  /// The newest process of `name`; requires that there was one.
  scripted_process& newest(const std::string& name);

  std::uint64_t start(process_command command, process_sink sink) override;
  void send_line(std::uint64_t id, std::string line) override;
  void kill(std::uint64_t id) override;

 private:
  void answer(const std::shared_ptr<scripted_process>& process, const nlohmann::json& request);
  std::shared_ptr<scripted_process> alive(std::uint64_t id) const;

  test_system& world_;
  std::map<std::string, planner_script> scripts_;
  std::map<std::uint64_t, std::shared_ptr<scripted_process>> processes_;
  std::uint64_t next_id_ = 1;
};

}  // namespace planguild::test
