// A decision as a line. Owned by the command; pure functions, any thread.
#include "app/cli/decision_record.hpp"

#include <algorithm>
#include <map>

#include "app/host/decision_line.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

using stated_reliabilities = std::map<std::string, double, std::less<>>;

stated_reliabilities reliabilities_in(const selection& chosen) {
  stated_reliabilities result;
  for (const auto& terms : chosen.breakdown) result[terms.name] = terms.own_reliability;
  for (const auto& each : chosen.explanations) {
    if (each.terms) result[each.name] = each.terms->own_reliability;
  }
  return result;
}

snapshot_row row_of(const planner_record& record, const stated_reliabilities& stated) {
  snapshot_row row;
  row.name = record.name;
  row.capabilities = text::capability_set(record.capabilities);
  row.tier = record.tier;
  row.production_ready = record.production_ready;
  row.admission = record.admission;
  row.error = record.error;
  row.reliability = record.reliability.score;
  row.entry_time_ns = record.entry_time_ns;
  row.selections = record.selections;
  const auto found = stated.find(record.name);
  if (row.reliability && found != stated.end()) row.reliability = found->second;
  return row;
}

}  // namespace

snapshot decision_view(const config& configuration, const planner_list& list, const outcome<selection>& chosen) {
  snapshot view;
  view.config = configuration.ranking();
  const auto stated = chosen ? reliabilities_in(*chosen) : stated_reliabilities{};
  if (chosen) view.version = chosen->snapshot_version;
  std::vector<snapshot_row> rows;
  rows.reserve(list.planners.size());
  for (const auto& record : list.planners) rows.push_back(row_of(record, stated));
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  view.rows = std::move(rows);
  return view;
}

outcome<std::string> decision_line(const config& configuration, const planner_list& list, const select_request& request,
                                   const outcome<selection>& chosen) {
  return planguild::decision_line(decision_view(configuration, list, chosen), request, chosen);
}

}  // namespace planguild::cli
