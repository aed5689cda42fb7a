// Question: what does a selection cost, against one mutex for all (the predecessor's way) and against our ranking code
// behind a shared lock? For catalogues from 4 to 100,000 planners, 8 to 512 capabilities, 1 to 8 threads.
// Each thread asks 16 requests of two capabilities in turn, for a fixed time; every cell is measured several times, the
// modes in turn, so that the machine's moods meet all of them. Samples go to a real profiler actor.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "actors/profiler/profiler_actor.hpp"
#include "app/host/runtime.hpp"
#include "app/host/selector.hpp"
#include "app/host/system/clock.hpp"
#include "benchmarks/baselines.hpp"
#include "benchmarks/benchmark.hpp"
#include "benchmarks/catalogue.hpp"

namespace planguild::bench {
namespace {

using clock_type = std::chrono::steady_clock;
constexpr std::size_t requests_each = 16;
constexpr std::size_t timed_every = 16;  // one of so many selections has its latency taken …
constexpr double slow_s = 1e-3;          // … unless they are so slow that looking at the clock costs nothing
constexpr std::size_t latencies_max = 1 << 16;

/// Carries selectors' batches to a profiler, as the runtime's port does by way of the registry.
class sample_port_state : public compat::state<snapshot_port_actor> {
 public:
  static constexpr const char* name = "benchmark.sample_port";
  sample_port_state(self_pointer self, profiler_actor profiler, std::shared_ptr<snapshot_port> port)
      : self_(self), profiler_(std::move(profiler)), port_(std::move(port)) {}
  behavior_type make_behavior() {
    return {
        [](const snapshot_published&) -> caf::result<ack> { return ack{}; },
        [](const refresh_snapshot&) -> caf::result<ack> { return ack{}; },
        [this](const selection_batch& batch) -> caf::result<ack> {
          compat::ask(
              self_, profiler_, batch, [this](const ack&) { port_->batch_arrived(); },
              [this](const caf::error&) { port_->batch_arrived(); });
          return ack{};
        },
    };
  }

 private:
  self_pointer self_;
  profiler_actor profiler_;
  std::shared_ptr<snapshot_port> port_;
};

/// What one thread does: makes its own things, then selects the request of this number.
using worker = std::function<void(std::size_t request)>;
using worker_maker = std::function<worker()>;

struct measured {
  double per_second = 0;
  std::vector<double> latencies_s;
};

measured run(std::size_t threads, double seconds, const worker_maker& make) {
  std::atomic<std::size_t> ready = 0;
  std::atomic<bool> go = false;
  std::vector<std::vector<double>> latencies(threads);
  std::vector<double> rates(threads);
  std::vector<std::thread> running;
  for (std::size_t index = 0; index < threads; ++index) {
    running.emplace_back([&, index] {
      auto select = make();
      const auto warming = clock_type::now();
      for (std::size_t request = 0; request < requests_each; ++request) {
        select(request);
        if (std::chrono::duration<double>(clock_type::now() - warming).count() > seconds) break;
      }
      ++ready;
      while (!go) std::this_thread::yield();
      auto& own = latencies[index];
      own.reserve(latencies_max);
      const auto begun = clock_type::now();
      auto now = begun;
      std::size_t done = 0;
      bool is_slow = false;
      while (std::chrono::duration<double>(now - begun).count() < seconds) {
        for (std::size_t step = 1; step < timed_every && !is_slow; ++step) select(done++ % requests_each);
        const auto before = clock_type::now();
        select(done++ % requests_each);
        now = clock_type::now();
        const double took_s = std::chrono::duration<double>(now - before).count();
        is_slow = took_s > slow_s;
        if (own.size() < latencies_max) own.push_back(took_s);
      }
      rates[index] = static_cast<double>(done) / std::chrono::duration<double>(now - begun).count();
    });
  }
  while (ready < threads) std::this_thread::yield();
  go = true;
  for (auto& each : running) each.join();
  measured result;
  for (std::size_t index = 0; index < threads; ++index) {
    result.per_second += rates[index];
    result.latencies_s.insert(result.latencies_s.end(), latencies[index].begin(), latencies[index].end());
  }
  std::sort(result.latencies_s.begin(), result.latencies_s.end());
  return result;
}

/// Everything that the modes of one catalogue select from.
class ground {
 public:
  ground(caf::actor_system& system, std::size_t planners, std::size_t capabilities, std::uint64_t seed)
      : clock_(make_system_clock()) {
    auto rows = make_rows(planners, capabilities, seed);
    requests_ = make_requests(rows, requests_each, seed + 1);
    for (const auto& request : requests_) ranking_requests_.push_back(*prepare(request));
    mutex_ = std::make_unique<one_mutex>(rows);
    auto view = std::make_shared<snapshot>();
    view->version = 1;
    view->rows = std::move(rows);
    // So that no selector asks for a fresher one.
    view->made_at_ms = clock_->monotonic_ms() + 86'400'000;
    auto silent = std::make_shared<snapshot>(*view);
    silent->profile_selections = false;
    shared_ = std::make_unique<shared_lock_table>(*view);
    view_ = view;
    profiler_ = compat::spawn<profiler_state>(system, std::int64_t{1'000});
    open(system, loud_, view);
    open(system, silent_, silent);
  }
  ~ground() {
    compat::end(loud_.actor);
    compat::end(silent_.actor);
    compat::end(profiler_);
  }
  ground(const ground&) = delete;
  ground& operator=(const ground&) = delete;

  worker prepared(bool profiling) const { return statements(profiling ? loud_ : silent_); }
  worker unprepared() const {
    auto own = std::make_shared<selector>(loud_.port, loud_.actor, clock_);
    return [this, own](std::size_t request) { keep(own->select(requests_[request])->score); };
  }
  worker anew() const {
    const auto ranked = loud_.port->latest();
    return [this, ranked](std::size_t request) {
      keep(ranked->table.best(ranked->table.compile(ranking_requests_[request])).total);
    };
  }
  worker mutex() const {
    return [this](std::size_t request) { keep(static_cast<double>(mutex_->select(requests_[request]).size())); };
  }
  worker shared() const {
    return
        [this](std::size_t request) { keep(static_cast<double>(shared_->select(ranking_requests_[request]).size())); };
  }

 private:
  struct opening {
    std::shared_ptr<snapshot_port> port = std::make_shared<snapshot_port>();
    snapshot_port_actor actor;
  };
  void open(caf::actor_system& system, opening& into, snapshot_ptr view) {
    into.actor = compat::spawn<sample_port_state>(system, profiler_, into.port);
    into.port->put(std::make_shared<const ranked_snapshot>(std::move(view)));
  }
  worker statements(const opening& from) const {
    struct held {
      selector own;
      std::vector<selector::prepared> prepared;
    };
    auto thread = std::make_shared<held>(held{selector{from.port, from.actor, clock_}, {}});
    for (const auto& request : requests_) thread->prepared.push_back(std::move(*thread->own.prepare(request).value));
    return [thread](std::size_t request) { keep(thread->own.select(thread->prepared[request])->score); };
  }
  /// So that the compiler cannot leave a selection out.
  static void keep(double value) { asm volatile("" : : "x"(value) : "memory"); }

  std::shared_ptr<clock_source> clock_;
  std::vector<select_request> requests_;
  std::vector<ranking_request> ranking_requests_;
  std::unique_ptr<one_mutex> mutex_;
  std::unique_ptr<shared_lock_table> shared_;
  snapshot_ptr view_;
  profiler_actor profiler_;
  opening loud_;
  opening silent_;
};

struct mode {
  const char* name;
  std::function<worker(const ground&)> make;
};

const std::vector<mode>& modes() {
  static const std::vector<mode> all{
      {"prepared", [](const ground& g) { return g.prepared(true); }},
      {"prepared, profiling off", [](const ground& g) { return g.prepared(false); }},
      {"unprepared", [](const ground& g) { return g.unprepared(); }},
      {"ranked anew", [](const ground& g) { return g.anew(); }},
      {"shared lock", [](const ground& g) { return g.shared(); }},
      {"one mutex", [](const ground& g) { return g.mutex(); }},
  };
  return all;
}

struct cell {
  std::size_t planners;
  std::size_t capabilities;
  std::size_t threads;
  std::vector<double> per_second;  // by mode, medians
};

class sweep {
 public:
  sweep(const options& wanted, report& into) : wanted_(wanted), into_(into) {
    prepare(configuration_);
    system_ = std::make_unique<caf::actor_system>(configuration_);
    table_.title = "Selections: medians of " + std::to_string(repeats()) + ", latencies of all runs together";
    table_.columns = {"mode",           "planners", "capabilities", "threads", "per second",
                      "over one mutex", "p50",      "p99",          "p99.9",   "max"};
  }

  void measure(std::size_t planners, std::size_t capabilities, const std::vector<std::size_t>& threads) {
    const ground from{*system_, planners, capabilities, wanted_.seed};
    for (const auto count : threads) {
      say(wanted_, "select: " + std::to_string(planners) + " planners, " + std::to_string(capabilities) +
                       " capabilities, " + std::to_string(count) + " threads");
      measure(from, {planners, capabilities, count, {}});
    }
  }

  /// The per-second figure of a mode; 0 if it was not measured.
  double rate(const std::string& name, std::size_t planners, std::size_t capabilities, std::size_t threads) const {
    for (const auto& each : cells_) {
      if (each.planners != planners || each.capabilities != capabilities || each.threads != threads) continue;
      for (std::size_t index = 0; index < modes().size(); ++index) {
        if (name == modes()[index].name) return each.per_second[index];
      }
    }
    return 0;
  }

  void finish() { into_.tables.push_back(std::move(table_)); }

 private:
  int repeats() const { return wanted_.smoke ? 1 : wanted_.repeats; }

  void measure(const ground& from, cell measured_cell) {
    const double seconds = wanted_.smoke ? 0.002 : wanted_.seconds > 0 ? wanted_.seconds : 0.08;
    std::vector<std::vector<double>> rates(modes().size());
    std::vector<std::vector<double>> latencies(modes().size());
    for (int round = 0; round < repeats(); ++round) {
      for (std::size_t index = 0; index < modes().size(); ++index) {
        auto result = run(measured_cell.threads, seconds, [&] { return modes()[index].make(from); });
        rates[index].push_back(result.per_second);
        latencies[index].insert(latencies[index].end(), result.latencies_s.begin(), result.latencies_s.end());
      }
    }
    for (auto& each : rates) measured_cell.per_second.push_back(median(each));
    for (std::size_t index = 0; index < modes().size(); ++index) {
      auto& sorted = latencies[index];
      std::sort(sorted.begin(), sorted.end());
      const double rate = measured_cell.per_second[index];
      table_.rows.push_back({modes()[index].name, count_cell(static_cast<double>(measured_cell.planners)),
                             count_cell(static_cast<double>(measured_cell.capabilities)),
                             count_cell(static_cast<double>(measured_cell.threads)), count_cell(rate),
                             ratio_cell(rate / measured_cell.per_second.back()), duration_cell(percentile(sorted, 0.5)),
                             duration_cell(percentile(sorted, 0.99)), duration_cell(percentile(sorted, 0.999)),
                             duration_cell(sorted.empty() ? 0 : sorted.back())});
    }
    cells_.push_back(std::move(measured_cell));
  }

  const options& wanted_;
  report& into_;
  caf::actor_system_config configuration_;
  std::unique_ptr<caf::actor_system> system_;
  table table_;
  std::vector<cell> cells_;
};

/// Two cuts through the sweep, with their curves.
void add_curves(const sweep& done, report& into) {
  table by_planners{"By planners: 64 capabilities, 1 thread", {"mode", "planners", "per second"}, {}, {}};
  table by_threads{"By threads: 40 planners, 64 capabilities", {"mode", "threads", "per second"}, {}, {}};
  for (const auto& each : modes()) {
    for (const std::size_t planners : {4U, 40U, 1'000U, 10'000U, 100'000U}) {
      by_planners.rows.push_back(
          {each.name, count_cell(static_cast<double>(planners)), count_cell(done.rate(each.name, planners, 64, 1))});
    }
    for (const std::size_t threads : {1U, 2U, 4U, 8U}) {
      by_threads.rows.push_back(
          {each.name, count_cell(static_cast<double>(threads)), count_cell(done.rate(each.name, 40, 64, threads))});
    }
  }
  by_planners.charts.push_back({"Selections per second by planners", 0, 1, 2, "planners", "selections per second"});
  by_threads.charts.push_back({"Selections per second by threads", 0, 1, 2, "threads", "selections per second"});
  into.tables.push_back(std::move(by_planners));
  into.tables.push_back(std::move(by_threads));
}

std::string times(double ratio) {
  return ratio_cell(ratio).text + " times";
}

void conclude(const sweep& done, report& into) {
  const auto rate = [&done](const char* mode, std::size_t planners, std::size_t threads) {
    return done.rate(mode, planners, 64, threads);
  };
  for (const std::size_t planners : {std::size_t{40}, std::size_t{1'000}}) {
    for (const std::size_t threads : {std::size_t{1}, std::size_t{4}}) {
      into.findings.push_back("Prepared, " + std::to_string(planners) + " planners, " + std::to_string(threads) +
                              " threads, profiling on: " +
                              times(rate("prepared", planners, threads) / rate("one mutex", planners, threads)) +
                              " the selections of one mutex.");
    }
  }
  into.findings.push_back("Prepared, 4 threads against 1, 40 planners: " +
                          times(rate("prepared", 40, 4) / rate("prepared", 40, 1)) + " the selections.");
  into.findings.push_back("Unprepared, 40 planners, 1 thread: " +
                          times(rate("prepared", 40, 1) / rate("unprepared", 40, 1)) + " the cost of prepared.");
  into.findings.push_back(
      "Profiling, 40 planners, 1 thread: " + times(rate("prepared, profiling off", 40, 1) / rate("prepared", 40, 1)) +
      " the cost of none.");
  for (const std::size_t capabilities : {std::size_t{8}, std::size_t{64}, std::size_t{512}}) {
    for (const char* mode : {"prepared", "ranked anew"}) {
      into.findings.push_back(
          std::string{mode} + ", " + std::to_string(capabilities) + " capabilities, from 1,000 planners to 100,000: " +
          times(done.rate(mode, 1'000, capabilities, 1) / done.rate(mode, 100'000, capabilities, 1)) + " the cost.");
    }
  }
}

}  // namespace

void run_select(const options& wanted, report& into) {
  sweep all{wanted, into};
  if (wanted.smoke) {
    all.measure(40, 64, {1, 2});
    all.finish();
    return;
  }
  for (const std::size_t planners : {4U, 40U, 1'000U, 10'000U, 100'000U}) {
    for (const std::size_t capabilities : {8U, 64U, 512U}) {
      all.measure(planners, capabilities, {1, 2, 4, 8});
    }
  }
  conclude(all, into);
  add_curves(all, into);
  all.finish();
}

}  // namespace planguild::bench
