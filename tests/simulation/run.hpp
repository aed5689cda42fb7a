// One simulated run: its parts, and the steps that it is made of. Owned by simulator::run; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/type_ids.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/event_queue.hpp"
#include "tests/simulation/guild.hpp"
#include "tests/simulation/ledger.hpp"
#include "tests/simulation/simulated_outside.hpp"
#include "tests/simulation/simulated_processes.hpp"
#include "tests/simulation/simulation.hpp"
#include "tests/support/memory_files.hpp"
#include "tests/support/test_system.hpp"

namespace planguild::simulation {

/// The text of an answer in the story and in the ledger.
template <class T>
std::string_view answer_text(const T&) {
  return "ok";
}
template <class T>
std::string_view answer_text(const outcome<T>& answer) {
  return answer ? std::string_view{"ok"} : to_string(answer.error->code);
}

class run {
 public:
  run(test::test_system& world, std::uint64_t seed, const run_options& options);
  run_result go(std::uint64_t seed);

 private:
  // run.cpp: time and turns
  std::int64_t now_ms() const { return world_.now_ms() - base_ms_ + 1'000'000; }
  bool take_turn();
  void take_turns(std::uint64_t count);
  void settle();
  void pass(std::int64_t ms);
  void pass_under_load(std::int64_t ms);
  void check_settled();
  void script();
  void step();
  void end();
  void check_end();
  void clear_away();

  // run_setup.cpp: where a run begins, and what can go wrong around it
  config draw_configuration();
  void draw_store();
  void write_planner(const std::string& planner);
  void check_verdict(const admission_verdict& verdict);
  temper draw_temper();
  const std::string& any_planner();
  void something_fails();
  void change_files();
  void change_temper();

  // requests_*.cpp: what is asked
  void ask_something();
  void ask_select();
  void ask_select_many();
  void ask_batch();
  void ask_acquire();
  void ask_run_plan();
  void ask_plan();
  void ask_cancel();
  void ask_look();
  void ask_report();
  void ask_probe();
  void ask_operator();
  void ask_reload();
  void ask_heal();
  void ask_configure();
  void send_samples();
  void ask_profiles();
  void ask_stop();
  void ask_final_counts();
  void check_diagnostics(std::size_t request, const diagnostics_report& report);
  void check_counts(const stats_report& stats, const profile_reports& profiles);

  select_request draw_select(std::uint64_t& shape);
  std::int64_t draw_timeout();

  /// Asks, and enters both question and answer into the ledger; `seen` gets the answer.
  template <class Reply, class Handle, class Request>
  std::size_t ask(const Handle& receiver, asked what, Request request,
                  std::function<void(std::size_t, Reply&)> seen = {}) {
    const bool names_planner = !what.planner.empty();
    const auto kind = what.kind;
    const auto number = book_.ask(std::move(what));
    constexpr bool is_instance = std::is_same_v<Handle, instantiation_actor>;
    constexpr bool is_conversation = std::is_same_v<Handle, planning_actor>;
    world_.ask_then<Reply>(
        receiver, std::move(request),
        [this, number, kind, seen = std::move(seen)](Reply& reply) {
          const auto text = answer_text(reply);
          book_.answer(number, text, false);
          check_stopping(number, kind, text);
          if (seen) {
            seen(number, reply);
          }
        },
        [this, number, names_planner] {
          // An instance may be gone after its planner was removed; everybody may be once the run ends.
          const bool may_be_gone = is_instance && names_planner && (planners_went_ || stop_asked_);
          book_.answer(number, "down", ending_ || may_be_gone || (is_conversation && conversation_cancelled_));
        });
    return number;
  }
  void check_stopping(std::size_t request, std::string_view kind, std::string_view answer);

  struct known_handle {
    planner_handle handle;
    std::uint64_t asked_at = 0;  // sequence of the acquire's question
    bool stale = false;          // a reload was asked for after it was given, and is done
  };

  test::test_system& world_;
  const run_options options_;
  const std::int64_t base_ms_;
  chance dice_;
  ledger book_;
  event_queue events_;
  simulated_processes processes_;
  std::shared_ptr<test::memory_files> files_;
  std::shared_ptr<slow_store> store_;
  std::shared_ptr<told_watcher> watcher_;  // null: changes are not noticed
  std::vector<std::string> planners_;
  std::map<std::string, std::string> revisions_;  // of every digest that there was
  config configuration_;
  std::unique_ptr<guild> guild_;
  event_sink subscriber_;
  std::vector<runtime_event> events_heard_;
  std::size_t events_checked_ = 0;

  std::vector<known_handle> handles_;
  std::map<std::string, instantiation_actor> addresses_;
  std::vector<std::pair<std::uint64_t, std::string>> tickets_;
  std::vector<planning_actor> conversations_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> constructions_;  // actor and start, to process
  std::map<std::uint64_t, selection> cache_;                                        // for planted stale answers
  std::uint64_t cache_uses_ = 0;

  std::uint64_t messages_ = 0;
  std::uint64_t next_ticket_ = 1;
  std::uint64_t file_version_ = 0;
  bool planners_went_ = false;      // some planner was removed, or not seen by a scan
  bool profiles_switched_ = false;  // samples were switched off at some time
  bool disk_is_busy_ = false;
  bool root_unreadable_ = false;
  bool conversation_cancelled_ = false;
  bool stop_asked_ = false;
  bool ending_ = false;
  std::optional<std::size_t> stop_request_;
  std::optional<std::uint64_t> stopped_at_;  // sequence of the answer to stop
  std::int64_t stop_deadline_ms_ = 0;
  std::uint64_t samples_sent_ = 0;
  std::uint64_t samples_dropped_ = 0;
  std::uint64_t selection_samples_sent_ = 0;
};

}  // namespace planguild::simulation
