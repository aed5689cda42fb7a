// What one client has asked and is yet to be told: lines in, lines out, no descriptors. Owned by its connection; the
// thread of the completion queue.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/host/completion_queue.hpp"
#include "app/rpc/json_rpc.hpp"

namespace planguild {

/// Where a conversation's lines go and what it runs on. Everything must outlive the conversation.
struct rpc_surroundings {
  completion_queue& queue;
  std::function<outcome<ack>()> want_events;  // called before a subscription is confirmed; may refuse
  std::function<void(std::string line)> send;
};

/// Made by std::make_shared: operations that are given up may outlive it.
class rpc_conversation : public std::enable_shared_from_this<rpc_conversation> {
 public:
  explicit rpc_conversation(rpc_surroundings around) : around_(std::move(around)) {}

  /// One line of the client; none: one that was too long. An operation runs at once or, over
  /// rpc_limits::in_flight_per_client_max, when an earlier one has ended; `cancel`, `show_paths`,
  /// `subscribe`, `unsubscribe` and `version` are answered at once. Empty lines are ignored.
  void take(std::optional<std::string_view> line);

  /// Nothing more should be taken before something has ended. (What is taken all the same is not lost.)
  bool is_full() const noexcept;
  /// Nothing runs and nothing waits.
  bool is_idle() const noexcept { return running_.empty() && waiting_.empty(); }
  /// Requests that run or wait.
  std::size_t held_requests() const noexcept { return running_.size() + waiting_.size(); }
  /// Bytes of the requests that run or wait.
  std::size_t held_bytes() const noexcept { return running_bytes_ + waiting_bytes_; }

  /// Tells an event if the client has asked for its kind; `dropped`: how many were lost right before it.
  void tell(const runtime_event& event, std::uint64_t dropped);
  bool is_subscribed() const noexcept { return filter_.has_value(); }

  /// Ends what runs and waits, each with `reason`, unless it has ended by itself.
  void end_all(const failure& reason);
  /// The client is gone: gives up what runs, forgets what waits, sends nothing from now on.
  void abandon();

 private:
  struct running_operation {
    std::optional<std::string> id;
    completion_queue::ticket ticket = 0;
    std::size_t bytes = 0;
  };
  struct waiting_request {
    rpc_request request;
    std::size_t bytes = 0;
  };

  void perform(rpc_request request, std::size_t bytes);
  void run(const rpc_request& request, std::size_t bytes);
  void ended(std::uint64_t number, const outcome<std::string>& reply);
  void start_waiting();
  bool answer_at_once(const rpc_request& request);
  void cancel(const rpc_request& request);
  void subscribe(const rpc_request& request);
  void answer(const std::optional<std::string>& id, std::string_view result);
  void refuse(const std::optional<std::string>& id, int code, const failure& problem);

  rpc_surroundings around_;
  std::map<std::uint64_t, running_operation> running_;  // by number, in the order of their start
  std::deque<waiting_request> waiting_;
  std::size_t running_bytes_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  std::optional<event_filter> filter_;
  bool paths_shown_ = false;  // the client has asked to be told in full where things are
  bool abandoned_ = false;
};

}  // namespace planguild
