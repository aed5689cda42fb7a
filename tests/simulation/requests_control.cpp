// What operators and reports ask in a simulated run. Part of run (run.hpp).
#include <algorithm>

#include "messages/limits.hpp"
#include "tests/simulation/run.hpp"
#include "tests/support/recording_actors.hpp"

namespace planguild::simulation {

void run::ask_look() {
  const bool waits = dice_.percent(30);
  const auto timeout_ms = draw_timeout();
  switch (dice_.below(5)) {
    case 0:
      ask<outcome<discovery_report>>(guild_->registry(), {"discover", {}, timeout_ms},
                                     discover_request{dice_.percent(50), waits, timeout_ms});
      break;
    case 1:
      ask<outcome<planner_list>>(guild_->registry(), {"list", {}, timeout_ms},
                                 list_request{true, true, waits, timeout_ms});
      break;
    case 2: {
      const auto planner = any_planner();
      ask<outcome<planner_record>>(guild_->registry(), {"describe", planner, timeout_ms},
                                   describe_request{planner, waits, timeout_ms});
      break;
    }
    case 3:
      ask<outcome<health_report>>(guild_->registry(), {"health", {}, timeout_ms}, health_request{1, waits, timeout_ms});
      break;
    default:
      if (!subscriber_) {
        subscriber_ = compat::spawn<test::recording_subscriber>(world_.system(), &events_heard_);
        ask<outcome<ack>>(guild_->registry(), {"subscribe", {}, 0},
                          subscribe_request{subscriber_, {true, true, true, true}});
      }
      break;
  }
}

void run::ask_report() {
  if (dice_.percent(40)) {
    ask<outcome<stats_report>>(
        guild_->registry(), {"stats", {}, 0}, stats_request{}, [this](std::size_t, outcome<stats_report>& answer) {
          if (answer && answer->active + answer->pending + answer->quarantined > answer->records) {
            book_.breach("stats count more planners by state than there are records");
          }
        });
    return;
  }
  const auto timeout_ms = draw_timeout();
  ask<outcome<diagnostics_report>>(guild_->registry(), {"diagnostics", {}, timeout_ms},
                                   diagnostics_request{dice_.percent(50), timeout_ms},
                                   [this](std::size_t number, outcome<diagnostics_report>& answer) {
                                     if (answer) {
                                       check_diagnostics(number, *answer);
                                     }
                                   });
}

/// Everything in one report is of one moment.
void run::check_diagnostics(std::size_t request, const diagnostics_report& report) {
  const auto count = [&report](auto&& counts) {
    return static_cast<std::uint64_t>(std::count_if(report.planners.begin(), report.planners.end(), counts));
  };
  const auto& stats = report.stats;
  const bool agree =
      stats.records == report.planners.size() &&
      stats.active ==
          count([](const auto& each) { return each.admission == admission_state::admitted && each.error.empty(); }) &&
      stats.pending == count([](const auto& each) { return each.admission == admission_state::pending; }) &&
      stats.quarantined == count([](const auto& each) { return each.admission == admission_state::quarantined; }) &&
      stats.records == report.health.records && stats.active == report.health.active &&
      stats.pending == report.health.pending && stats.quarantined == report.health.quarantined;
  if (!agree) {
    book_.breach("the counts in the diagnostics of request " + std::to_string(request) + " do not agree");
  }
  if (report.profile.invocation.counted < stats.invocations ||
      report.profile.invocation.counted > stats.invocations + samples_sent_) {
    book_.breach("diagnostics know of " + std::to_string(stats.invocations) + " invocations and of " +
                 std::to_string(report.profile.invocation.counted) + " samples of them");
  }
}

void run::ask_probe() {
  const auto planner = any_planner();
  const auto timeout_ms = draw_timeout();
  ask<outcome<admission_verdict>>(guild_->registry(), {"probe", planner, timeout_ms},
                                  probe_request{planner, timeout_ms});
}

void run::ask_operator() {
  const auto planner = any_planner();
  const auto timeout_ms = draw_timeout();
  if (dice_.percent(60)) {
    ask<outcome<planner_record>>(guild_->registry(), {"quarantine", planner, timeout_ms},
                                 quarantine_request{planner, "not today", timeout_ms},
                                 [this, planner](std::size_t number, outcome<planner_record>& answer) {
                                   if (answer) {
                                     book_.operator_quarantined(planner, number);
                                   }
                                 });
    return;
  }
  book_.operator_asks_reinstate(planner);
  ask<outcome<planner_record>>(
      guild_->registry(), {"reinstate", planner, timeout_ms}, reinstate_request{planner, "welcome back", timeout_ms},
      [this, planner](std::size_t, outcome<planner_record>&) { book_.operator_reinstated(planner); });
}

void run::ask_reload() {
  const auto timeout_ms = draw_timeout();
  ask<outcome<reload_report>>(guild_->registry(), {"reload", {}, timeout_ms},
                              reload_request{dice_.percent(30), timeout_ms},
                              [this, known = handles_.size()](std::size_t, outcome<reload_report>& answer) {
                                for (std::size_t index = 0; answer && index < known; ++index) {
                                  handles_[index].stale = true;
                                }
                              });
}

void run::ask_heal() {
  const auto timeout_ms = draw_timeout();
  ask<outcome<heal_report>>(
      guild_->registry(), {"heal", {}, timeout_ms},
      heal_request{dice_.percent(70), dice_.between(0, 3), dice_.one_of<std::int64_t>({0, 5'000}), timeout_ms});
}

void run::ask_configure() {
  configure_request request;
  switch (dice_.below(7)) {
    case 0:
      request.patch.push_back({"FACTORY_MIN_RELIABILITY", dice_.one_of({"0", "0.3", "0.9"})});
      break;
    case 1:
    case 2:
      request.patch.push_back({"FACTORY_MAX_PROFILES", dice_.one_of({"0", "2", "1000"})});
      break;
    case 3:
      planners_went_ = true;
      request.patch.push_back({"FACTORY_ALLOWED_PLANNERS", dice_.one_of({"*", "alpha_planner,beta_planner", ""})});
      break;
    case 4:
      request.patch.push_back({"FACTORY_TIE_BREAK", dice_.one_of({"name", "least_recent"})});
      break;
    case 5:
      profiles_switched_ = true;
      request.patch.push_back({"FACTORY_PROFILE_SELECTION", dice_.one_of({"0", "1"})});
      request.patch.push_back({"FACTORY_PROFILE_INSTANTIATION", dice_.one_of({"0", "1"})});
      break;
    default:
      request.patch.push_back({"FACTORY_MIN_RELIABILITY", "very little"});
      break;
  }
  if (book_.tells_story()) {
    book_.tell("step: " + request.patch.front().variable + " becomes " + request.patch.front().text);
  }
  ask<outcome<configure_report>>(guild_->registry(), {"configure", {}, 0}, request);
}

/// As a host's selector does: a batch, now and then over the bound, and what it had to drop itself.
void run::send_samples() {
  if (dice_.percent(50)) {
    selection_batch chosen;
    chosen.patterns.resize(dice_.below(3));
    chosen.points.resize(dice_.below(4));
    for (auto& point : chosen.points) {
      point.pattern = static_cast<std::uint32_t>(dice_.below(3));  // now and then one that is not there
    }
    chosen.dropped = dice_.one_of<std::uint64_t>({0, 2});
    compat::tell(guild_->registry(), std::move(chosen));  // which counts them as selections
    return;
  }
  samples batch;
  batch.selections.resize(dice_.below(4));
  batch.instantiations.resize(dice_.below(3));
  batch.invocations.resize(dice_.percent(2) ? limits::samples_per_message_max + dice_.below(3) : dice_.below(3));
  batch.dropped = dice_.one_of<std::uint64_t>({0, 0, 1, 17});
  samples_sent_ += batch.selections.size() + batch.instantiations.size() + batch.invocations.size();
  selection_samples_sent_ += batch.selections.size();
  samples_dropped_ += batch.dropped;
  compat::tell(guild_->profiler(), std::move(batch));
}

namespace {

bool adds_up(const profile_report& report) {
  const auto kept = report.kept.selections.size() + report.kept.instantiations.size() + report.kept.invocations.size();
  return report.counted == kept + report.overwritten + report.trimmed && report.counted == report.durations.count;
}

}  // namespace

void run::ask_profiles() {
  const auto kind = dice_.one_of({sample_kind::selection, sample_kind::instantiation, sample_kind::invocation});
  ask<profile_report>(guild_->profiler(), {"profiles", {}, 0}, profiles_request{kind, limits::max_profiles_cap},
                      [this](std::size_t, profile_report& report) {
                        if (!adds_up(report)) {
                          book_.breach("samples counted are not those kept, overwritten and trimmed");
                        }
                      });
}

void run::ask_stop() {
  stop_asked_ = true;
  stop_deadline_ms_ = dice_.one_of<std::int64_t>({0, 300, 1'000, 5'000});
  stop_request_ =
      ask<stop_report>(guild_->registry(), {"stop", {}, stop_deadline_ms_}, stop_registry{stop_deadline_ms_},
                       [this](std::size_t, stop_report&) { stopped_at_ = book_.now_sequence(); });
}

/// Nothing goes on any more: what everybody has counted must be what has happened.
void run::ask_final_counts() {
  settle();
  auto counted = std::make_shared<stats_report>();
  ask<outcome<stats_report>>(
      guild_->registry(), {"stats", {}, 0}, stats_request{},
      [this, counted](std::size_t, outcome<stats_report>& answer) {
        *counted = *answer;
        ask<profile_reports>(
            guild_->profiler(), {"profiles", {}, 0}, all_profiles_request{limits::max_profiles_cap},
            [this, counted](std::size_t, profile_reports& profiles) { check_counts(*counted, profiles); });
      });
}

void run::check_counts(const stats_report& stats, const profile_reports& profiles) {
  const auto expect = [this](bool holds, const std::string& what) {
    if (!holds) {
      book_.breach(what);
    }
  };
  const auto number = [](std::uint64_t value) { return std::to_string(value); };
  expect(adds_up(profiles.selection) && adds_up(profiles.instantiation) && adds_up(profiles.invocation),
         "samples counted are not those kept, overwritten and trimmed");
  const auto counted = profiles.selection.counted + profiles.instantiation.counted + profiles.invocation.counted +
                       profiles.selection.dropped;
  const auto sent = samples_sent_ + samples_dropped_ + stats.invocations;
  const auto most = sent + stats.selections + stats.total_instantiations;
  expect(profiles_switched_ ? counted >= sent && counted <= most : counted == most,
         number(most) + " samples were sent or dropped, " + number(counted) + " are counted");
  expect(book_.count("plan") > 0 || book_.down("run_plan") > 0 || stats.invocations == book_.answered("run_plan"),
         number(book_.answered("run_plan")) + " invocations were answered, stats count " + number(stats.invocations));
  expect(stats.total_instantiations >= processes_.constructions_at_least() &&
             stats.total_instantiations <= processes_.constructions_at_most(),
         number(stats.total_instantiations) + " constructions are counted, there were " +
             number(processes_.constructions_at_least()) + " to " + number(processes_.constructions_at_most()));
  expect(stats.total_instantiations >= constructions_.size(), "more constructions were answered than are counted");
  expect(stats.active + stats.pending + stats.quarantined <= stats.records,
         "stats count more planners by state than there are records");
}

}  // namespace planguild::simulation
