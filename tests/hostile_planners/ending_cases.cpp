// See the header.
#include "tests/hostile_planners/ending_cases.hpp"

#include <csignal>

namespace planguild::test {
namespace {

constexpr auto exited = process_ending::exited;
constexpr auto signalled = process_ending::signalled;
constexpr auto timed_out = process_ending::timed_out;
constexpr auto over_limit = process_ending::over_limit;
constexpr auto filtered = process_ending::filtered;
constexpr auto broken = process_ending::protocol_broken;

}  // namespace

const std::vector<ending_case>& quick_endings() {
  static const std::vector<ending_case> all = {
      {"exit_quietly", "load", "load_failed", "handshake", exited, "", 0},
      {"exit_quietly", "self_test", "self_test_failed", "self_test", exited, "", 0},
      {"exit_quietly", "plan", "planner_crashed", "plan", exited, "", 0},
      {"crash", "load", "load_failed", "handshake", signalled, "", {}, SIGSEGV},
      {"crash", "self_test", "self_test_failed", "self_test", signalled, "", {}, SIGSEGV},
      {"crash", "plan", "planner_crashed", "plan", signalled, "", {}, SIGSEGV},
      {"overflow_stack", "load", "load_failed", "handshake", signalled, "", {}, SIGSEGV},
      {"abort", "load", "load_failed", "handshake", signalled, "", {}, SIGABRT},
      {"abort", "plan", "planner_crashed", "plan", signalled, "", {}, SIGABRT},
      {"ignored_abort", "plan", "planner_crashed", "plan", signalled, "", {}, SIGABRT},
      {"terminate", "load", "load_failed", "handshake", signalled, "", {}, SIGABRT},
      {"throw_exception", "load", "load_failed", "handshake", signalled, "", {}, SIGABRT},
      {"throw_exception", "plan", "planner_crashed", "plan", signalled, "", {}, SIGABRT, true, false},
      // What a native planner throws, the worker catches, and answers with it.
      {"throw_exception", "plan", "planner_error", "", process_ending::none, "", {}, {}, false, true},
      // That the signal was the filter's is the kernel's word; which call it was, the planner's own, unless it hides
      // it.
      {"trace_unheard", "load", "load_failed", "handshake", filtered, "", {}, SIGSYS},
      {"trace_unheard", "plan", "planner_crashed", "plan", filtered, "", {}, SIGSYS},
      {"forge_stopped_call", "plan", "planner_crashed", "plan", filtered, "", {}, SIGSYS},
      {"flood_errors", "load", "ok"},
      {"flood_errors", "plan", "ok"},
      {"drown_errors", "load", "load_failed", "handshake", over_limit, "standard error"},
      {"drown_errors", "plan", "planner_crashed", "plan", over_limit, "standard error"},
      {"flood_notifications", "plan", "limit_exceeded", "plan", over_limit},
      {"flood_notifications", "load", "limit_exceeded", "handshake", over_limit},
      {"flood_line", "plan", "limit_exceeded", "plan", over_limit},
      {"flood_line", "load", "limit_exceeded", "handshake", over_limit},
      {"half_line_and_exit", "plan", "protocol_error", "plan", broken},
      {"half_line_and_exit", "load", "protocol_error", "handshake", broken},
      {"say_nonsense", "load", "protocol_error", "handshake", broken},
      {"say_nonsense", "plan", "protocol_error", "plan", broken},
      {"say_binary", "plan", "protocol_error", "plan", broken},
      {"say_zero_byte", "plan", "protocol_error", "plan", broken},
      {"say_duplicate_keys", "plan", "protocol_error", "plan", broken},
      {"say_huge_number", "plan", "protocol_error", "plan", broken},
      {"say_list", "plan", "protocol_error", "plan", broken},
      {"say_empty_line", "plan", "protocol_error", "plan", broken},
      {"say_deeply_nested", "plan", "protocol_error", "plan", broken},
      {"answer_others", "plan", "protocol_error", "plan", broken},
      {"answer_others", "load", "protocol_error", "handshake", broken},
      {"answer_twice", "plan", "protocol_error", "idle", broken, "", {}, {}, true, false},
      {"forge_statement", "load", "protocol_error", "handshake", broken},
      // A planner that does not go when it is asked to: its plan counts, and its process is ended.
      {"loop", "exit", "ok", "", process_ending::none, "", {}, {}, true, false},
      {"sleep", "exit", "ok", "", process_ending::none, "", {}, {}, true, false},
  };
  return all;
}

const std::vector<ending_case>& slow_endings() {
  static const std::vector<ending_case> all = {
      {"loop", "load", "load_timeout", "handshake", timed_out},
      {"sleep", "load", "load_timeout", "handshake", timed_out},
      {"stop_itself", "load", "load_timeout", "handshake", timed_out},
      {"loop", "self_test", "self_test_failed", "self_test", timed_out},
      {"block_signals", "self_test", "self_test_failed", "self_test", timed_out},
      {"loop", "plan", "deadline_exceeded", "plan", timed_out},
      {"sleep", "plan", "deadline_exceeded", "plan", timed_out},
      {"stop_itself", "plan", "deadline_exceeded", "plan", timed_out},
      {"block_signals", "plan", "deadline_exceeded", "plan", timed_out},
      {"drip", "plan", "deadline_exceeded", "plan", timed_out},
      {"half_line", "plan", "deadline_exceeded", "plan", timed_out},
      {"never_read", "ready", "deadline_exceeded", "plan", timed_out, "", {}, {}, true, false, true},
      {"close_channel_and_spin", "plan", "protocol_error", "plan", broken, "output closed", {}, {}, true, false},
      // Another thread of a native planner's process waits for input, and holds the channel open while it does; unless
      // it has not come to wait yet.
      {"close_channel_and_spin", "plan", "deadline_exceeded", "plan", timed_out, "", {}, {}, false, true, false, true},
  };
  return all;
}

}  // namespace planguild::test
