// Question: does anything break when everything happens at once?
// Three parts on one runtime. Unrest: everybody at work while planners are killed, reloaded, quarantined and the
// configuration changes. Accounts: the same with profiling left on, and every selection must be found again in the
// profiler's counts. Stop: the runtime is told to stop while everybody is at work; nothing may be left behind.
#include "benchmarks/stress.hpp"
#include "app/host/system/syscall_filter.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "benchmarks/stress_accounts.hpp"
#include "benchmarks/stress_outside.hpp"

namespace planguild::bench {
namespace {
using clock_type = std::chrono::steady_clock;

constexpr std::size_t actor_count = 4;
constexpr std::size_t queue_count = 2;
constexpr double stop_share = 0.05;  // of the time; accounts take what they are given, unrest has the rest
constexpr double looks = 24;         // at the resident set, over the whole time
constexpr std::int64_t stop_ms = 10'000;
constexpr std::int64_t stop_slack_ms = 3'000;  // a machine that is busy with other things is no breach
constexpr auto drain_patience = std::chrono::seconds{90};

double seconds_since(clock_type::time_point begun) {
  return std::chrono::duration<double>(clock_type::now() - begun).count();
}

std::vector<select_request> make_requests(std::uint64_t seed) {
  std::mt19937_64 random{seed};
  static const std::vector<std::string> capabilities{"structural", "risk", "refactor", "deep_index", "nobody_offers"};
  std::vector<select_request> requests(24);
  for (auto& request : requests) {
    request.objective = "Make it better";
    for (auto left = random() % 4; left > 0; --left) {
      request.required_capabilities.push_back(capabilities[random() % capabilities.size()]);
    }
    request.prefer_production = random() % 2 == 0;
    request.context = {random() % 3 == 0, static_cast<std::int64_t>(random() % 50), random() % 2 == 0};
    request.top = random() % 4;
    request.timeout_ms = 60'000;
  }
  return requests;
}

/// A runtime with everything around it; members in the order in which they need one another.
class stage {
 public:
  stage(const std::string& folder, std::uint64_t seed, instance_watch& watch) {
    system_options outside;
    outside.least_level = log_level::critical;
    outside.builtins = stress_builtins(seed, unruly);
    outside_ = make_system_environment(outside);
    processes = std::make_shared<watched_runner>(outside_.outside.processes, watch);
    outside_.outside.processes = processes;
    prepare(configuration_);
    system_.emplace(configuration_);
    runtime_options options;
    options.config.allowed_planners = {"*"};
    options.config.planner_path = {folder};
    // A busy machine must not look like a planner that does not start.
    options.config.import_timeout_s = 30;
    options.config.self_test_timeout_s = 30;
    options.outside = outside_.outside;
    options.builtins = std::move(outside.builtins);
    guild.emplace(*system_, std::move(options));
  }
  std::uint64_t resident_bytes() const { return outside_.outside.facts->resident_bytes(); }
  process_statistics statistics() const { return outside_.processes->statistics(); }

 private:
  caf::actor_system_config configuration_;
  system_environment outside_;
  std::optional<caf::actor_system> system_;

 public:
  const std::shared_ptr<std::atomic<bool>> unruly = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<watched_runner> processes;
  std::optional<runtime> guild;
};

class stress_run {
 public:
  stress_run(const options& wanted, report& into)
      : wanted_(wanted),
        into_(into),
        seconds_(wanted.seconds > 0 ? wanted.seconds
                 : wanted.smoke     ? 2
                                    : 60),
        accounts_share_(wanted.accounts_percent / 100),
        host_threads_(wanted.threads > 0 ? wanted.threads
                                         : 2 * std::max<std::size_t>(std::thread::hardware_concurrency(), 1)) {}

  void run() {
    planner_folder folder;
    auto names = folder.planners();
    for (const auto& builtin : stress_builtins(wanted_.seed, nullptr)) {
      names.push_back(builtin.manifest.name);
    }
    stress_scene scene{wanted_.seed, std::move(names),
                       [this](const std::string& breach) { say(wanted_, "stress: breach: " + breach); }};
    scene.requests = make_requests(wanted_.seed);
    (void)filter_of({});        // kept open until the process ends, so it is no leak
    std::thread([] {}).join();  // with the first thread the thread sanitizer starts one of its own, which stays
    const auto before = count_holdings(folder.path());
    {
      stage on{folder.path(), wanted_.seed, scene.watch};
      scene.guild = &*on.guild;
      scene.processes = on.processes.get();
      if (begin(scene, on)) {
        unrest(scene, on);
        accounts(scene, on);
        stop(scene, on);
      }
    }
    check_left(scene, before, folder.path());
    tell(scene);
  }

 private:
  bool begin(stress_scene& scene, stage& on) {
    const auto health = scene.guild->health({1, true, 120'000});
    if (!health || health->active != scene.planners.size()) {
      std::string others;
      for (const auto& each : scene.guild->list({}).value.value_or(planner_list{}).planners) {
        if (each.admission != admission_state::admitted) others += "; " + each.name + ": " + each.admission_reason;
      }
      scene.breaches.add("Only " + std::to_string(health ? health->active : 0) + " of " +
                         std::to_string(scene.planners.size()) + " planners passed their probes" + others);
      return false;
    }
    // A probe is told to end before its verdict is told, so from now on every start is an instance.
    scene.watch.begin_watching();
    *on.unruly = true;
    return true;
  }

  std::vector<std::unique_ptr<stress_client>> start_clients(stress_scene& scene) {
    std::vector<std::unique_ptr<stress_client>> clients;
    for (std::size_t i = 0; i < host_threads_; ++i) clients.push_back(start_host_thread(scene, ++clients_));
    for (std::size_t i = 0; i < queue_count; ++i) clients.push_back(start_queue_thread(scene, ++clients_));
    for (std::size_t i = 0; i < actor_count; ++i) clients.push_back(start_actor(scene, ++clients_));
    return clients;
  }

  /// Everybody at work for so long; `meanwhile` is called now and then, and last when the time is over.
  void work(stress_scene& scene, double seconds, const std::function<void(bool last)>& meanwhile) {
    scene.quit = false;
    auto clients = start_clients(scene);
    std::thread disturbing{[&] { disturb(scene, ++clients_, disturbed_); }};
    const auto begun = clock_type::now();
    while (seconds_since(begun) < seconds) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
      meanwhile(false);
    }
    meanwhile(true);
    scene.quit = true;
    disturbing.join();
    const bool all_done = wait_for(drain_patience, [&clients] {
      return std::all_of(clients.begin(), clients.end(), [](const auto& client) { return client->is_done(); });
    });
    if (!all_done) {
      scene.breaches.add("Some requests were not answered within " + std::to_string(drain_patience.count()) + " s");
    }
    for (auto& client : clients) {
      client->end();
    }
  }

  void unrest(stress_scene& scene, stage& on) {
    say(wanted_, "stress: seed " + std::to_string(wanted_.seed) + ", " + std::to_string(host_threads_) +
                     " host threads, " + std::to_string(actor_count) + " actors, " + std::to_string(queue_count) +
                     " completion queues, " + std::to_string(scene.planners.size()) + " planners");
    begun_ = told_ = clock_type::now();
    const double seconds = seconds_ * (1 - accounts_share_ - stop_share);
    work(scene, seconds, [&](bool) { look(scene, on, unrest_memory_, seconds); });
  }

  /// How much memory one part of the stress has: at each look, a fifth into the part, and at its end.
  struct memory_of_part {
    const char* name;
    double begun_s = -1;
    std::uint64_t early_bytes = 0;
    std::uint64_t end_bytes = 0;
  };

  /// Keeps how much memory is resident in a part that takes so many seconds, and tells how far it all is.
  void look(stress_scene& scene, const stage& on, memory_of_part& part, double seconds) {
    const double now_s = seconds_since(begun_);
    const bool begins = part.begun_s < 0;
    if (begins) part.begun_s = now_s;
    part.end_bytes = on.resident_bytes();
    if (now_s <= part.begun_s + seconds / 5) part.early_bytes = part.end_bytes;
    if (begins || now_s >= next_point_s_) {
      next_point_s_ = now_s + seconds_ / looks;
      memory_.rows.push_back({part.name, table::cell{now_s, std::to_string(std::lround(now_s))},
                              count_cell(static_cast<double>(part.end_bytes >> 10U))});
    }
    if (seconds_since(told_) < 5) return;
    told_ = clock_type::now();
    say(wanted_, "stress: " + std::to_string(std::lround(now_s)) + " of " + std::to_string(std::lround(seconds_)) +
                     " s, " + part.name + ", snapshot " + std::to_string(scene.newest_version) + ", " +
                     std::to_string(scene.watch.starts()) + " starts, " + std::to_string(part.end_bytes >> 20U) +
                     " MiB, " + std::to_string(scene.breaches.count()) + " breaches");
  }

  void accounts(stress_scene& scene, stage& on) {
    if (!make_peace(scene) || !is_seen_by_selectors(scene)) {
      scene.breaches.add("Reinstating all planners did not give selectors one to choose");
      return;
    }
    scene.plans_choose = false;     // a plan that is given up on may have chosen or not
    scene.profile_changes = false;  // what is not to be counted cannot be missed
    const auto base = settled_account(scene);
    const auto selected_before = selected(scene);
    work(scene, seconds_ * accounts_share_,
         [&](bool) { look(scene, on, accounts_memory_, seconds_ * accounts_share_); });
    const auto expected = selected(scene) - selected_before;
    (void)wait_for(account_patience, [&] { return take_account(scene).selections - base.selections >= expected; });
    const auto now = settled_account(scene);
    check_accounts(base, now, expected, scene.breaches);
    accounted_ = expected;
    invocations_ = now.invocations;
    instantiations_ = now.instantiations;
  }

  static std::uint64_t selected(const stress_scene& scene) {
    const auto totals = scene.totals();
    return totals.successes[static_cast<std::size_t>(operation::select_here)] +
           totals.successes[static_cast<std::size_t>(operation::select)];
  }

  void stop(stress_scene& scene, stage& on) {
    double took_s = 0;
    stop_report left;
    work(scene, std::min(seconds_ * stop_share, 1.0), [&](bool last) {
      if (!last) return;
      scene.stopping = true;
      const auto begun = clock_type::now();
      left = scene.guild->stop(stop_ms);
      took_s = seconds_since(begun);
    });
    if (took_s * 1e3 > static_cast<double>(stop_ms + stop_slack_ms)) {
      scene.breaches.add("stop took " + std::to_string(took_s) + " s, its deadline was " + std::to_string(stop_ms) +
                         " ms");
    }
    for (const auto& name : left.still_alive) {
      scene.breaches.add("stop left behind: " + name);
    }
    if (left.processes_left > 0) {
      scene.breaches.add("stop left " + std::to_string(left.processes_left) + " processes");
    }
    if (on.statistics().alive > 0) {
      scene.breaches.add(std::to_string(on.statistics().alive) + " children are alive after stop");
    }
    stop_s_ = took_s;
  }

  void check_left(stress_scene& scene, const holdings& before, const std::string& folder) {
    holdings after;
    (void)wait_for(std::chrono::seconds{10}, [&] {  // a killed builtin's thread looks up when it is done
      after = count_holdings(folder);
      return after.descriptors <= before.descriptors && after.threads <= before.threads && after.processes == 0;
    });
    const auto compare = [&scene](const char* what, std::uint64_t was, std::uint64_t is) {
      if (is <= was) return;
      scene.breaches.add(std::to_string(is) + " " + what + " afterwards, " + std::to_string(was) + " before");
    };
    compare("descriptors", before.descriptors, after.descriptors);
    compare("threads", before.threads, after.threads);
    compare("processes", before.processes, after.processes);
    if (scene.watch.alive() > 0) {
      scene.breaches.add(std::to_string(scene.watch.alive()) + " instances never ended");
    }
  }

  void tell(const stress_scene& scene) {
    const auto totals = scene.totals();
    table answers{"stress: what was asked", {"operation", "answers", "with success"}, {}, {}};
    for (std::size_t what = 0; what < operation_count; ++what) {
      answers.rows.push_back({std::string{name_of(static_cast<operation>(what))},
                              count_cell(static_cast<double>(totals.answers[what])),
                              count_cell(static_cast<double>(totals.successes[what]))});
    }
    table done{"stress: what was done to it", {"disturbance", "times"}, {}, {}};
    const auto row = [&done](const char* what, std::uint64_t times) {
      done.rows.push_back({what, count_cell(static_cast<double>(times))});
    };
    row("workers killed", disturbed_.kills);
    row("reloads", disturbed_.reloads);
    row("quarantines", disturbed_.quarantines);
    row("reinstatements", disturbed_.reinstatements);
    row("configurations", disturbed_.configurations);
    row("discoveries", disturbed_.discoveries);
    row("heals", disturbed_.heals);
    row("looks", disturbed_.looks);
    row("constructions", instantiations_);
    row("invocations", invocations_);
    row("snapshot versions", scene.newest_version);
    row("answers compared", scene.book.compared());
    row("of these across selector and message", scene.book.compared_across());
    into_.tables.push_back(std::move(answers));
    into_.tables.push_back(std::move(done));
    into_.findings.push_back("stress: " + count_cell(static_cast<double>(selected(scene)) / seconds_).text +
                             " selections a second over " + count_cell(static_cast<double>(scene.newest_version)).text +
                             " snapshot versions, " + count_cell(static_cast<double>(accounted_)).text +
                             " of them found again in the profiler's counts");
    const auto kib = [](std::uint64_t bytes) { return count_cell(static_cast<double>(bytes >> 10U)).text + " KiB"; };
    std::string resident;
    for (const auto* part : {&unrest_memory_, &accounts_memory_}) {
      resident +=
          kib(part->early_bytes) + " a fifth into the " + part->name + " and " + kib(part->end_bytes) + " at its end; ";
    }
    into_.tables.push_back(std::move(memory_));
    into_.findings.push_back("stress: resident " + resident + "stop took " + duration_cell(stop_s_).text);
    for (auto& breach : scene.breaches.sentences()) into_.breaches.push_back("stress: " + breach);
  }

  const options& wanted_;
  report& into_;
  const double seconds_;
  const double accounts_share_;
  const std::size_t host_threads_;
  std::atomic<std::uint64_t> clients_ = 0;  // numbers given, so that no two of a stress draw the same
  disturbances disturbed_;                  // the disturber's; read when it has ended
  clock_type::time_point begun_;
  clock_type::time_point told_;
  double next_point_s_ = 0;
  memory_of_part unrest_memory_{"unrest"};
  memory_of_part accounts_memory_{"accounting"};
  table memory_{"stress: resident set over time", {"part", "seconds", "KiB"}, {}, {}};
  std::uint64_t accounted_ = 0;
  std::uint64_t invocations_ = 0;
  std::uint64_t instantiations_ = 0;
  double stop_s_ = 0;
};

}  // namespace

bool wait_for(std::chrono::steady_clock::duration longest, const std::function<bool()>& done) {
  const auto end = clock_type::now() + longest;
  while (!done()) {
    if (clock_type::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

void run_stress(const options& wanted, report& into) {
  stress_run{wanted, into}.run();
}

}  // namespace planguild::bench
