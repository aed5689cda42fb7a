// Random snapshots and requests full of exact ties, and a second, naive implementation of the contract's ranking to
// hold the production code against. For tests; one thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "messages/selection.hpp"
#include "messages/snapshot.hpp"
#include "messages/text.hpp"

namespace planguild::test {

/// The seed of a random test: PLANGUILD_SEED, or a new one; printed, so that a failure can be replayed.
inline std::uint64_t random_seed(const char* test) {
  const char* given = std::getenv("PLANGUILD_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << test << ": PLANGUILD_SEED=" << seed << "\n";
  return seed;
}

class random_registry {
 public:
  explicit random_registry(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>{0, bound - 1}(engine_); }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <class T>
  T one_of(const std::vector<T>& values) {
    return values[below(values.size())];
  }

  static const std::vector<std::string>& capabilities() {
    static const std::vector<std::string> all{"audit", "deep_index", "docs", "refactor", "risk", "structural", "tests"};
    return all;
  }

  /// From now on capabilities are chosen from `others` more besides the usual ones.
  void widen_vocabulary(std::size_t others) {
    vocabulary_ = capabilities();
    for (std::size_t index = 0; index < others; ++index) {
      vocabulary_.push_back("other_" + std::to_string(index));
    }
  }

  std::vector<std::string> some_capabilities(std::size_t most) {
    std::set<std::string> chosen;
    for (std::size_t count = below(most + 1); count > 0; --count) {
      chosen.insert(one_of(vocabulary_));
    }
    return {chosen.begin(), chosen.end()};
  }

  double some_reliability() {
    return chance(70) ? one_of<double>({0, 0.1, 0.25, 0.5, 0.6666, 0.75, 0.9, 1})
                      : static_cast<double>(below(10'001)) / 10'000.0;
  }

  snapshot some_snapshot(std::size_t planners_max) {
    snapshot view;
    view.version = below(1'000);
    view.config.min_reliability = one_of<double>({0, 0.1, 0.25, 0.5});
    view.config.default_reliability = one_of<double>({0, 0.1, 0.5});
    view.config.deep_index_cap_boost = one_of<double>({0.05, 0.0, -0.05, 0.3});
    view.config.hotspot_cap_boost = one_of<double>({0.03, 0.05, -1});
    view.config.hotspot_threshold = one_of<std::int64_t>({8, 0, -3});
    view.config.tie_break = one_of<tie_break>({tie_break::name, tie_break::newest, tie_break::least_recent});
    const std::size_t count = below(planners_max + 1);
    std::vector<snapshot_row> rows;
    for (std::size_t index = 0; index < count; ++index) {
      snapshot_row row;
      row.name = "planner_" + std::to_string(below(10)) + std::to_string(index);
      row.capabilities = some_capabilities(5);
      row.tier = one_of<std::string>({"", "alpha", "BETA", "stable", "Gold", "vip", " stable", "core"});
      row.production_ready = chance(50);
      row.admission = chance(85)   ? admission_state::admitted
                      : chance(50) ? admission_state::pending
                                   : admission_state::quarantined;
      row.error = chance(8) ? "did not start" : "";
      if (chance(85)) {
        row.reliability = some_reliability();
      }
      row.entry_time_ns = static_cast<std::int64_t>(below(3));
      row.selections = static_cast<std::int64_t>(below(3));
      // A clone of its neighbour ties with it in everything but the name.
      if (!rows.empty() && chance(40)) {
        auto name = row.name;
        row = rows.back();
        row.name = std::move(name);
      }
      rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    view.rows = std::move(rows);
    return view;
  }

  select_request some_request() {
    select_request request;
    request.objective = one_of<std::string>({"", "make it easier to change", "\xE8\xA8\x88\xE7\x94\xBB"});
    for (auto& name : some_capabilities(4)) {
      request.required_capabilities.push_back(chance(20) ? " " + name + "\t" : name);
    }
    if (chance(10)) {
      request.required_capabilities.emplace_back(" ");
    }
    request.prefer_production = chance(60);
    request.context.deep_index = chance(50);
    request.context.hotspots = one_of<std::int64_t>({0, 8, 9, 100});
    request.context.given = chance(50);
    request.top = below(30);
    return request;
  }

 private:
  std::vector<std::string> vocabulary_ = capabilities();
  std::mt19937_64 engine_;
};

// -- the naive ranking ------------------------------------------------------------------------------------------------

struct naive_score {
  std::string name;
  double total;
  double own_reliability;
  std::int64_t entry_time_ns;
  std::int64_t selections;
};

inline naive_score naive_score_of(const snapshot_row& row, const ranking_config& config,
                                  const select_request& request) {
  std::set<std::string> required;
  for (const auto& name : request.required_capabilities) {
    if (const auto key = text::normalised(name); !key.empty()) {
      required.insert(key);
    }
  }
  const std::set<std::string> offered(row.capabilities.begin(), row.capabilities.end());
  std::size_t matched = 0;
  for (const auto& name : required) {
    matched += offered.count(name);
  }
  const double ratio = required.empty() ? 1.0 : static_cast<double>(matched) / static_cast<double>(required.size());
  const double own = row.reliability.value_or(config.default_reliability);
  double rel = own;
  if (request.prefer_production && !row.production_ready && !required.empty()) {
    rel = rel * 0.97;
  }
  double base = ratio * 0.6 + rel * 0.35;
  if (row.production_ready) {
    base = base + 0.04;
  }
  const auto tier = text::lower(row.tier);
  const double adjustment = tier == "alpha"    ? -0.05
                            : tier == "stable" ? 0.05
                            : tier == "gold"   ? 0.07
                            : tier == "vip"    ? 0.08
                                               : 0.0;
  if (adjustment != 0.0) {
    base = base + adjustment;
  }
  const double deep =
      request.context.deep_index && offered.count("deep_index") > 0 ? std::max(config.deep_index_cap_boost, 0.0) : 0.0;
  const bool hot = offered.count("refactor") + offered.count("risk") + offered.count("structural") > 0;
  const bool context = request.context.given || request.context.deep_index || request.context.hotspots != 0;
  const double hotspots = context && request.context.hotspots > config.hotspot_threshold && hot
                              ? std::max(config.hotspot_cap_boost, 0.0)
                              : 0.0;
  return {row.name, base + (deep + hotspots), own, row.entry_time_ns, row.selections};
}

/// All candidates, best first: scores everybody and sorts everything.
inline std::vector<naive_score> naive_ranking(const snapshot& view, const select_request& request) {
  std::vector<naive_score> scores;
  for (const auto& row : view.rows) {
    const double own = row.reliability.value_or(view.config.default_reliability);
    if (row.admission == admission_state::admitted && row.error.empty() && !(own < view.config.min_reliability)) {
      scores.push_back(naive_score_of(row, view.config, request));
    }
  }
  std::sort(scores.begin(), scores.end(), [&view](const naive_score& a, const naive_score& b) {
    if (a.total != b.total) return a.total > b.total;
    if (a.own_reliability != b.own_reliability) return a.own_reliability > b.own_reliability;
    if (view.config.tie_break == tie_break::newest && a.entry_time_ns != b.entry_time_ns) {
      return a.entry_time_ns > b.entry_time_ns;
    }
    if (view.config.tie_break == tie_break::least_recent && a.selections != b.selections) {
      return a.selections < b.selections;
    }
    return a.name < b.name;
  });
  return scores;
}

}  // namespace planguild::test
