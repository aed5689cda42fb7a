// What is done to the runtime of a stress while everybody uses it: operators' requests and kills, one after the other
// on one thread, so that what was answered before is certain.
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "benchmarks/stress.hpp"
#include "benchmarks/stress_outside.hpp"
#include "messages/limits.hpp"

namespace planguild::bench {
namespace {

class disturber {
 public:
  disturber(stress_scene& scene, std::uint64_t number, disturbances& done)
      : kit_(scene, "disturber", number), done_(done) {}

  void run() {
    while (!kit_.scene.quit) {
      disturb();
      std::this_thread::sleep_for(std::chrono::milliseconds{kit_.below(30)});
    }
    kit_.ledger.close();
    kit_.scene.add(kit_.ledger);
  }

 private:
  void disturb() {
    const auto what = kit_.below(100);
    if (what < 35) {
      done_.kills += kit_.scene.processes->kill_one(kit_.random) ? 1 : 0;
    } else if (what < 42) {
      ++done_.reloads;
      note(operation::change, guild().reload({kit_.one_in(2), patient_ms}));
    } else if (what < 54) {
      quarantine(kit_.any_planner());
    } else if (what < 70) {
      reinstate(kit_.any_planner());
    } else if (what < 82) {
      configure();
    } else if (what < 88) {
      ++done_.discoveries;
      discover_request request;
      request.force = kit_.one_in(2);
      request.timeout_ms = patient_ms;
      note(operation::change, guild().discover(request));
    } else if (what < 91) {
      ++done_.heals;
      note(operation::change, guild().heal({true, 1, 5'000, patient_ms}));
    } else {
      look();
    }
  }

  runtime& guild() { return *kit_.scene.guild; }

  template <class Reply>
  bool note(operation what, const outcome<Reply>& answer) {
    kit_.ledger.called(what, answer.error, kit_.now());
    return static_cast<bool>(answer);
  }

  /// At most half of the planners, so that there is always somebody to choose.
  void quarantine(const std::string& planner) {
    if (quarantined_.size() * 2 >= kit_.scene.planners.size()) {
      const auto first = *quarantined_.begin();  // a copy: it leaves the set meanwhile
      reinstate(first);
      return;
    }
    ++done_.quarantines;
    if (note(operation::change, guild().quarantine({planner, "a stress", patient_ms}))) {
      kit_.scene.board.quarantined(planner);
      quarantined_.insert(planner);
    }
  }

  /// Also those that are quarantined because they died too often.
  void reinstate(const std::string& planner) {
    ++done_.reinstatements;
    kit_.scene.board.reinstating(planner);
    quarantined_.erase(planner);
    note(operation::change, guild().reinstate({planner, "the stress goes on", patient_ms}));
  }

  void configure() {
    const auto any_of = [this](const std::vector<std::string>& texts) { return texts[kit_.below(texts.size())]; };
    const std::vector<std::string> flags{"0", "1"};
    configure_request request;
    switch (kit_.below(kit_.scene.profile_changes ? 7 : 5)) {
      case 0:
      case 1:
        request.patch = {{"FACTORY_TIE_BREAK", any_of({"name", "newest", "least_recent"})}};
        break;
      case 2:
        request.patch = {{"FACTORY_MIN_RELIABILITY", any_of({"0", "0.1", "0.25", "0.4", "0.6"})}};
        break;
      case 3:
        request.patch = {{"FACTORY_MAX_PROFILES", any_of({"0", "10", "500", "1000"})}};
        break;
      case 4:
        request.patch = {{"FACTORY_HOTSPOT_THRESHOLD", any_of({"0", "8", "40"})},
                         {"FACTORY_DEEP_INDEX_CAP_BOOST", any_of({"0", "0.05", "0.2"})}};
        break;
      case 5:
        request.patch = {{"FACTORY_PROFILE_SELECTION", any_of(flags)}};
        break;
      default:
        request.patch = {{"FACTORY_PROFILE_INSTANTIATION", any_of(flags)}};
        break;
    }
    ++done_.configurations;
    note(operation::change, guild().configure(request));
  }

  void look() {
    ++done_.looks;
    switch (kit_.below(4)) {
      case 0:
        note(operation::look, guild().health({}));
        break;
      case 1: {
        diagnostics_request request;
        request.timeout_ms = patient_ms;
        note(operation::look, guild().diagnostics(request));
        break;
      }
      default: {
        const auto kind = static_cast<sample_kind>(kit_.below(3));
        const auto answer = guild().profiles({kind, limits::max_profiles_cap});
        // The profiler's answer is waited for only briefly, and it may be busy.
        kit_.ledger.called(operation::look, answer.error, kit_.now(true));
        if (answer) {
          check_sum(*answer, kind, kit_.scene.breaches);
        }
        break;
      }
    }
  }

  client_kit kit_;
  disturbances& done_;
  std::set<std::string> quarantined_;  // by this one
};

}  // namespace

void disturb(stress_scene& scene, std::uint64_t number, disturbances& done) {
  disturber{scene, number, done}.run();
}

bool make_peace(stress_scene& scene) {
  bool all = true;
  for (const auto& planner : scene.planners) {
    scene.board.reinstating(planner);
    all = static_cast<bool>(scene.guild->reinstate({planner, "the stress is over", patient_ms})) && all;
  }
  configure_request request;
  request.patch = {{"FACTORY_TIE_BREAK", "name"},
                   {"FACTORY_MIN_RELIABILITY", "0"},
                   {"FACTORY_MAX_PROFILES", "1000"},
                   {"FACTORY_PROFILE_SELECTION", "1"},
                   {"FACTORY_PROFILE_INSTANTIATION", "1"}};
  return static_cast<bool>(scene.guild->configure(request)) && all;
}

}  // namespace planguild::bench
