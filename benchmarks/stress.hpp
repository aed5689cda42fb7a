// `planguild-bench stress`: everything at once on a real runtime, with the invariants checked all the time. What its
// parts share: the scene, which all threads use, and what a client is. The scene's plain members are set before any
// client exists; the others synchronise themselves.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "app/host/runtime.hpp"
#include "benchmarks/benchmark.hpp"
#include "benchmarks/stress_invariants.hpp"

namespace planguild::bench {

class watched_runner;

inline constexpr std::int64_t patient_ms = 60'000;  // of what is never late but by a defect

/// What the clients of a stress have done together.
struct client_totals {
  operation_counts answers{};
  operation_counts successes{};
};

struct stress_scene {
  /// `tell` gets each breach when it comes (breach_list).
  stress_scene(std::uint64_t with_seed, std::vector<std::string> names, breach_list::telling tell)
      : seed(with_seed), planners(names), breaches(with_seed, std::move(tell)), board(std::move(names), breaches) {}

  std::uint64_t seed;
  std::vector<std::string> planners;
  std::vector<select_request> requests;
  runtime* guild = nullptr;
  watched_runner* processes = nullptr;
  bool plans_choose = true;     // whether plans leave the choice of the planner to the ranking
  bool profile_changes = true;  // whether profiling may be switched off and on

  breach_list breaches;
  answer_book book{breaches};
  instance_watch watch{breaches};
  planner_board board;
  std::atomic<bool> quit = false;      // clients ask nothing more
  std::atomic<bool> stopping = false;  // the runtime is told to stop
  std::atomic<std::uint64_t> newest_version = 0;

  void add(const request_ledger& of);
  client_totals totals() const;

 private:
  mutable std::mutex lock_;
  client_totals totals_;
};

/// What every client needs to ask at random and to judge answers. One thread at a time: the client's.
class client_kit {
 public:
  client_kit(stress_scene& of, const std::string& client, std::uint64_t number);

  std::uint64_t below(std::uint64_t bound) { return random() % bound; }
  bool one_in(std::uint64_t many) { return below(many) == 0; }
  std::size_t any_request() { return below(scene.requests.size()); }
  const std::string& any_planner() { return scene.planners[below(scene.planners.size())]; }
  /// A timeout that may pass; sometimes it certainly does.
  std::int64_t hurried_ms() {
    return one_in(8) ? static_cast<std::int64_t>(below(3)) : 200 + static_cast<std::int64_t>(below(4'000));
  }
  situation now(bool hurried = false, bool cancelled = false) const { return {scene.stopping, hurried, cancelled}; }
  plan_request any_plan();

  void judge(std::size_t request, const outcome<selection>& answer, const planner_board::moment& sent);
  void judge(const planner_board::moment& sent, const std::string& planner, std::uint64_t generation);
  void judge(const outcome<plan_reply>& answer, const planner_board::moment& sent);

  stress_scene& scene;
  std::mt19937_64 random;
  request_ledger ledger;
};

/// Asks until the scene says quit, then until all is answered.
class stress_client {
 public:
  virtual ~stress_client() = default;
  /// Whether it asks nothing more and owes nothing; true for ever then. The main thread.
  virtual bool is_done() const = 0;
  /// Ends it, with what is still open as lost. Its totals are in the scene then. The main thread.
  virtual void end() = 0;
};

/// A host thread with a selector and blocking calls; it ends by itself in any case, since blocking calls time out.
std::unique_ptr<stress_client> start_host_thread(stress_scene& scene, std::uint64_t number);
/// A thread that drives a completion queue.
std::unique_ptr<stress_client> start_queue_thread(stress_scene& scene, std::uint64_t number);
/// An actor that talks to registry and planners by message.
std::unique_ptr<stress_client> start_actor(stress_scene& scene, std::uint64_t number);

/// What was done to the runtime meanwhile.
struct disturbances {
  std::uint64_t kills = 0;
  std::uint64_t reloads = 0;
  std::uint64_t quarantines = 0;
  std::uint64_t reinstatements = 0;
  std::uint64_t configurations = 0;
  std::uint64_t discoveries = 0;
  std::uint64_t heals = 0;
  std::uint64_t looks = 0;
};

/// Asks `done` again and again, every 2 ms; false if it stays false too long.
bool wait_for(std::chrono::steady_clock::duration longest, const std::function<bool()>& done);

/// Disturbs until the scene says quit, on the calling thread.
void disturb(stress_scene& scene, std::uint64_t number, disturbances& done);
/// Everybody reinstated, the configuration as it was. False if the runtime refused.
bool make_peace(stress_scene& scene);

}  // namespace planguild::bench
