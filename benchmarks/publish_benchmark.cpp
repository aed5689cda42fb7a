// Question: what does a changed record among 100,000 cost until every selector sees it, and whom does it hold up?
// (a) On the planner table alone: a snapshot after one change against a walk over the same number of records in a map
// that looks at each. (b) In a runtime with 100,000 planners: a record changes again and again while one thread asks
// the registry for next to nothing and another selects; the longest waits of both are compared with those without
// changes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "actors/registry/planner_table.hpp"
#include "benchmarks/benchmark.hpp"
#include "benchmarks/catalogue.hpp"
#include "benchmarks/known_guild.hpp"

namespace planguild::bench {
namespace {

using clock_type = std::chrono::steady_clock;

template <class Work>
double seconds_of(Work work) {
  const auto begun = clock_type::now();
  work();
  return std::chrono::duration<double>(clock_type::now() - begun).count();
}

planner_table known_table(const std::vector<snapshot_row>& rows) {
  config settings;
  planner_table known{settings};
  discovery_result found;
  store_contents remembered;
  for (const auto& row : rows) {
    found_planner planner;
    planner.manifest.name = row.name;
    planner.manifest.capabilities = row.capabilities;
    planner.manifest.tier = row.tier;
    planner.manifest.production_ready = row.production_ready;
    planner.digest = row.name;
    found.planners.push_back(std::move(planner));
    admission_verdict verdict;
    verdict.name = row.name;
    verdict.state = admission_state::admitted;
    verdict.by_operator = true;
    remembered.verdicts.push_back(std::move(verdict));
    // Half of them have a history that decays.
    if (remembered.verdicts.size() % 2 == 0) remembered.reliabilities.push_back({row.name, 3, 1, 0, 4, 1, 100, ""});
  }
  known.merge(found, 0);
  known.apply_recall(remembered, 0, 0);
  return known;
}

/// As many records in a map, looked at once each: what any look at all records costs.
double scan_seconds(const std::map<std::string, snapshot_row>& records, double& sum) {
  return seconds_of([&] {
    for (const auto& [name, row] : records) {
      sum += (row.admission == admission_state::admitted ? 1 : 0) + row.reliability.value_or(0) +
             static_cast<double>(row.selections + row.entry_time_ns) + (row.error.empty() ? 0 : 1) +
             static_cast<double>(row.tier.size());
    }
  });
}

void on_the_table(const options& wanted, const std::vector<snapshot_row>& rows, report& into) {
  auto known = known_table(rows);
  std::map<std::string, snapshot_row> records;
  for (const auto& row : rows) records.emplace(row.name, row);
  std::vector<double> scans;
  std::vector<double> snapshots;
  std::vector<double> aged;
  std::vector<double> sorted;
  double sum = 0;
  std::uint64_t version = 0;
  double now_s = 1;
  auto before = known.make_snapshot(now_s, ++version);
  for (int round = 0; round < (wanted.smoke ? 1 : wanted.repeats * 2 + 1); ++round) {
    scans.push_back(scan_seconds(records, sum));
    known.note_selections(rows[static_cast<std::size_t>(round) % rows.size()].name, 1);
    snapshot after;
    snapshots.push_back(seconds_of([&] { after = known.make_snapshot(now_s, ++version); }));
    now_s += 1;
    aged.push_back(seconds_of([&] { before = known.make_snapshot(now_s, ++version); }));
    sorted.push_back(seconds_of([&] { sum += static_cast<double>(ranking_table{after}.candidates()); }));
  }
  table shown{"A snapshot of " + std::to_string(rows.size()) + " records",
              {"what", "median", "over a look at every record"},
              {},
              {}};
  const double scan = median(scans);
  const auto row = [&](const char* what, double seconds) {
    shown.rows.push_back({what, duration_cell(seconds), ratio_cell(seconds / scan)});
  };
  row("a look at every record of a map", scan);
  row("snapshot after one change (registry)", median(snapshots));
  row("snapshot a second older, half decayed (registry)", median(aged));
  row("sorting it for selectors (port)", median(sorted));
  into.findings.push_back("A snapshot after one change costs the registry " +
                          ratio_cell(median(snapshots) / scan).text + " times a look at every record (" +
                          (sum > 0 ? duration_cell(median(snapshots)).text : std::string{"0"}) + ").");
  into.tables.push_back(std::move(shown));
}

struct waits {
  double ping_worst_s = 0;
  double select_worst_s = 0;
  std::uint64_t versions = 0;
};

/// One thread asks the registry for next to nothing, one selects; meanwhile `change`, if wanted, is called again and
/// again.
waits watch(known_guild& guild, const select_request& request, double seconds, const std::function<void()>& change) {
  waits found;
  std::atomic<bool> over = false;
  std::thread pinging{[&] {
    caf::scoped_actor self{guild.system()};
    while (!over) {
      found.ping_worst_s =
          std::max(found.ping_worst_s, seconds_of([&] {
                     (void)compat::ask_blocking<ack>(self, guild.runtime().registry(), 60'000, cancel_work{0});
                   }));
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }};
  std::thread selecting{[&] {
    auto own = std::move(*guild.runtime().make_selector().value);
    auto prepared = std::move(*own.prepare(request).value);
    std::uint64_t version = 0;
    while (!over) {
      std::uint64_t seen = 0;
      const double took = seconds_of([&] {
        const auto chosen = own.select(prepared);
        seen = chosen ? chosen->snapshot_version : 0;
      });
      if (seen == version) {
        found.select_worst_s = std::max(found.select_worst_s, took);
      } else {
        ++found.versions;
        version = seen;
      }
      std::this_thread::sleep_for(std::chrono::microseconds{20});
    }
  }};
  const auto begun = clock_type::now();
  while (std::chrono::duration<double>(clock_type::now() - begun).count() < seconds) {
    if (change) change();
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  over = true;
  pinging.join();
  selecting.join();
  return found;
}

void in_a_runtime(const options& wanted, const std::vector<snapshot_row>& rows, report& into) {
  known_guild guild{rows};
  const auto request = make_requests(rows, 1, wanted.seed).front();
  const double seconds = wanted.smoke ? 0.2 : wanted.seconds > 0 ? wanted.seconds : 5;
  if (!guild.runtime().make_selector()) {
    into.breaches.emplace_back("publish: there is no selector");
    return;
  }
  const auto quiet = watch(guild, request, seconds, {});
  bool quarantined = false;
  const auto busy = watch(guild, request, seconds, [&] {
    const auto& name = rows.front().name;
    quarantined = !quarantined;
    (void)(quarantined ? guild.runtime().quarantine({name, "to change something", 10'000})
                       : guild.runtime().reinstate({name, "to change it back", 10'000}));
  });
  table shown{"A runtime with " + std::to_string(rows.size()) + " planners",
              {"while", "snapshots seen", "longest wait for the registry", "longest selection on the same snapshot"},
              {},
              {}};
  const auto row = [&](const char* what, const waits& found) {
    shown.rows.push_back({what, count_cell(static_cast<double>(found.versions)), duration_cell(found.ping_worst_s),
                          duration_cell(found.select_worst_s)});
  };
  row("nothing changes", quiet);
  row("a record changes all the time", busy);
  into.findings.push_back("While a record among " + std::to_string(rows.size()) +
                          " changes all the time, the longest wait for the registry is " +
                          duration_cell(busy.ping_worst_s).text + " (" + duration_cell(quiet.ping_worst_s).text +
                          " while nothing does).");
  into.tables.push_back(std::move(shown));
}

}  // namespace

void run_publish(const options& wanted, report& into) {
  const auto rows = make_rows(wanted.smoke ? 1'000 : 100'000, 64, wanted.seed);
  say(wanted, "publish: on the planner table");
  on_the_table(wanted, rows, into);
  say(wanted, "publish: in a runtime");
  in_a_runtime(wanted, rows, into);
}

}  // namespace planguild::bench
