// Question: what do many acquires of one planner at once cost, and how often is it constructed?
// A builtin planner whose start takes 20 ms is acquired by 1, 64 and 1,000 callers at once, through a completion queue
// of the main thread. Every round has a planner of its own, so that each begins with one that is not running; its
// constructions in the round are counted where it is made, and must be 1. Main thread; planners are made on theirs.
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/host/completion_queue.hpp"
#include "app/host/runtime.hpp"
#include "app/host/system/system.hpp"
#include "benchmarks/measure.hpp"

namespace planguild::bench {
namespace {

constexpr std::chrono::milliseconds start_time{20};
constexpr std::chrono::seconds patience{30};

class slow_starter final : public builtin_planner {
 public:
  outcome<plan> generate_plan(const builtin_request& /*request*/) override {
    return failure{failure_code::planner_error, "It only starts.", {}, {}};
  }
};

using counter = std::shared_ptr<std::atomic<int>>;  // outlives a planner's thread

std::string name_of(std::size_t index) {
  return "starter_" + std::to_string(index);
}

builtin_registration starter(std::size_t index, const counter& constructions) {
  builtin_registration made;
  made.manifest.name = name_of(index);
  made.manifest.version = "1.0.0";
  made.manifest.production_ready = true;
  made.make = [constructions]() -> std::unique_ptr<builtin_planner> {
    ++*constructions;
    std::this_thread::sleep_for(start_time);
    return std::make_unique<slow_starter>();
  };
  return made;
}

struct round_result {
  double seconds = 0;  // from the first acquire to the last answer
  int constructions = 0;
  std::size_t refused = 0;
};

round_result acquire_at_once(completion_queue& queue, const std::string& planner, std::size_t callers,
                             std::atomic<int>& constructions) {
  round_result result;
  const int before = constructions;
  result.seconds = seconds_of([&] {
    std::size_t answered = 0;
    for (std::size_t caller = 0; caller < callers; ++caller) {
      acquire request;
      request.planner = planner;
      const auto accepted = queue.submit(std::move(request), patience, [&](const outcome<acquired_planner>& answer) {
        ++answered;
        if (!answer || answer->instance.starts != 1) ++result.refused;
      });
      if (!accepted) {
        ++answered;
        ++result.refused;
      }
    }
    while (answered < callers) {
      pollfd watched{queue.fd(), POLLIN, 0};
      ::poll(&watched, 1, 100);  // a look now and then, for tickets whose time runs out
      queue.drain(callers, patience);
    }
  });
  result.constructions = constructions - before;
  return result;
}

/// The planners of all rounds and the runtime that has admitted them.
struct world {
  explicit world(std::size_t planners) {
    prepare(configuration);
    system = std::make_unique<caf::actor_system>(configuration);
    system_options outside;
    for (std::size_t index = 0; index < planners; ++index) {
      constructions.push_back(std::make_shared<std::atomic<int>>(0));
      outside.builtins.push_back(starter(index, constructions.back()));
    }
    outside.least_level = log_level::error;
    runtime_options settings;
    settings.builtins = outside.builtins;
    settings.outside = make_system_environment(outside).outside;
    settings.discover_at_start = false;
    guild = std::make_unique<runtime>(*system, settings);
  }

  caf::actor_system_config configuration;
  std::vector<counter> constructions;  // of each planner, its probe included
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<runtime> guild;
};

}  // namespace

void run_acquire(const options& wanted, report& into) {
  const std::vector<std::size_t> callers{1, 64, 1'000};
  const int rounds = rounds_of(wanted, 15);
  world made{callers.size() * static_cast<std::size_t>(rounds)};
  discover_request all;
  all.wait_for_admissions = true;
  const auto discovered = made.guild->discover(all);
  if (!discovered || discovered->admitted != made.constructions.size()) {
    into.breaches.emplace_back("acquire: not every planner was admitted");
    return;
  }
  completion_queue queue{*made.guild};
  table shown;
  shown.title = "Acquires of one planner whose start takes 20 ms, at once (" + medians_of(rounds) + ")";
  shown.columns = {"callers", "until all have it", "each", "over one alone", "constructions a round, at most"};
  std::vector<double> one_alone;
  std::size_t planner = 0;
  std::string ratio;
  for (const auto count : callers) {
    say(wanted, "acquire: " + std::to_string(count) + " at once");
    std::vector<double> seconds;
    int most = 0;
    for (int round = 0; round < rounds; ++round, ++planner) {
      const auto result = acquire_at_once(queue, name_of(planner), count, *made.constructions[planner]);
      seconds.push_back(result.seconds);
      most = std::max(most, result.constructions);
      if (result.constructions != 1 || result.refused != 0) {
        into.breaches.push_back("acquire: " + std::to_string(count) + " callers got " +
                                std::to_string(result.constructions) + " constructions, and " +
                                std::to_string(result.refused) + " of them no first start");
      }
    }
    if (one_alone.empty()) one_alone = seconds;
    const auto over_one = ratio_cell(median(seconds) / median(one_alone));
    shown.rows.push_back({count_cell(static_cast<double>(count)), duration_cell(median(seconds)),
                          duration_cell(median(seconds) / static_cast<double>(count)), over_one, count_cell(most)});
    ratio = over_one.text;
  }
  into.findings.push_back("1,000 acquires at once of one planner that takes 20 ms to start take " + ratio +
                          " the time of one alone.");
  into.tables.push_back(std::move(shown));
}

}  // namespace planguild::bench
