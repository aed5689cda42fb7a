// Planner processes that behave as badly as their temper allows, by chance. Owned by one run; one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "messages/environment.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/event_queue.hpp"
#include "tests/simulation/ledger.hpp"

namespace planguild::simulation {

/// How often, of a hundred times, a planner does each thing wrong, and how slow it is.
struct temper {
  std::uint64_t start_fault = 0;
  std::uint64_t handshake_fault = 0;
  std::uint64_t self_test_fault = 0;
  std::uint64_t plan_fault = 0;
  std::uint64_t stubborn = 0;       // does not react to shutdown or cancel
  std::int64_t latency_ms_max = 0;  // of every answer
  std::int64_t dying_ms_max = 0;    // from the kill to the end
  std::string version = "1.0.0";    // what it states in the handshake
};

/// One process, as the outside sees it.
struct simulated_process {
  std::uint64_t id = 0;
  std::size_t owner = 0;  // which instantiation actor started it
  std::string planner;
  std::string revision;  // of its bytes: the last argument that its manifest gives it
  process_sink sink;
  bool shaken_hands = false;  // its answer to `initialize` has been sent
  bool tested = false;        // it was asked for its self-test: a probe
  bool working = false;       // it was asked for a plan: no probe
  bool asked_to_end = false;  // by `shutdown` or a kill
  bool ended = false;
};

class simulated_processes {
 public:
  simulated_processes(event_queue& events, ledger& book, chance& dice, std::function<std::int64_t()> now_ms);

  /// The temper of `planner`, from now on.
  temper& temper_of(const std::string& planner) { return tempers_[planner]; }

  /// The process runner of one instantiation actor, so that it is known whose processes are whose.
  std::shared_ptr<process_runner> runner_for(std::size_t owner);

  /// Some running process, by chance, dies of itself. False if none runs.
  bool crash_one();

  /// Nothing is ready to run: one live process at most for each owner, one probe at most, a third only while it is
  /// being let go.
  void check_one_instance();

  /// Whether a process of this planner's bytes has said that it passed its self-test, or has made a plan.
  bool has_proved(const std::string& planner, const std::string& revision) const {
    return proved_.contains({planner, revision});
  }

  std::size_t running() const;
  std::uint64_t started() const noexcept { return next_id_ - 1; }
  /// Processes that shook hands, and those that were no probes as far as is known: as many constructions there were, at
  /// most and at least.
  std::uint64_t constructions_at_most() const;
  std::uint64_t constructions_at_least() const;
  /// Kills are not carried out any more: what runs outlives everything. For a planted fault.
  void outlive_kills() { outlive_kills_ = true; }

  // For the runners.
  std::uint64_t start(std::size_t owner, process_command command, process_sink sink);
  void send_line(std::uint64_t id, const std::string& line);
  void kill(std::uint64_t id);

 private:
  struct owner_state {
    std::optional<std::int64_t> crowded_since_ms;
  };
  void later(simulated_process& process, std::int64_t delay_ms, std::function<void(simulated_process&)> what);
  void emit(simulated_process& process, process_event event);
  void say(simulated_process& process, const std::string& line);
  void end(simulated_process& process, process_event event);
  void exit(simulated_process& process, int code);
  void answer(simulated_process& process, const std::string& id, const std::string& method);
  void misbehave(simulated_process& process, const std::string& id);
  std::int64_t latency(const simulated_process& process);
  std::uint64_t lane(const simulated_process& process) const { return process.id + 1'000; }

  event_queue& events_;
  ledger& book_;
  chance& dice_;
  std::function<std::int64_t()> now_ms_;
  std::map<std::string, temper> tempers_;
  std::map<std::uint64_t, simulated_process> processes_;
  std::map<std::size_t, owner_state> owners_;
  std::set<std::pair<std::string, std::string>> proved_;  // planner and revision
  std::uint64_t next_id_ = 1;
  bool outlive_kills_ = false;
};

}  // namespace planguild::simulation
