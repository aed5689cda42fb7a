// One frame of `planguild top`. Owned by the command; pure functions, any thread.
#include "app/cli/top_view.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>
#include <vector>

#include "app/cli/measures.hpp"
#include "app/cli/table.hpp"
#include "app/cli/text_layout.hpp"
#include "messages/json.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t alerts_shown_max = 4;
constexpr std::size_t layout_columns_min = 20;  // narrower terminals get the beginning of each line
// From so many columns on a table has the column.
constexpr std::size_t columns_for_instance = 58;
constexpr std::size_t columns_for_counts = 80;
constexpr std::size_t columns_for_mean = 92;
constexpr std::size_t columns_for_tier = 108;

/// Text without colours, and the colour that the whole line gets once it is cut to size.
struct line {
  std::string text;
  paint colour = paint::plain;
};

double per_second(std::uint64_t before, std::uint64_t now, double seconds) {
  return seconds <= 0 || now < before ? 0 : static_cast<double>(now - before) / seconds;
}

/// The rows of `shown` as lines; the title line, if there is one, is dim.
void append(std::vector<line>& lines, const table& shown, const std::vector<paint>& colours, const frame_size& size) {
  const auto text = shown.text({size.columns, false, size.is_cut});
  std::size_t row = 0;
  for (std::size_t begin = 0; begin < text.size(); ++row) {
    const auto end = text.find('\n', begin);
    const auto colour = row == 0 ? paint::dim : row <= colours.size() ? colours[row - 1] : paint::plain;
    lines.push_back({text.substr(begin, end - begin), colour});
    begin = end + 1;
  }
}

std::string title(const diagnostics_report& now, std::string_view remark, std::size_t columns) {
  auto text = "planguild " + printable(now.stats.version) + "  up " + uptime_text(now.stats.uptime_s);
  if (now.stats.resident_bytes > 0) text += "  " + bytes_text(now.stats.resident_bytes);
  text += "  " + moment_text(now.ts);
  if (!remark.empty() && display_width(text) + 2 + display_width(remark) <= columns) {
    text += "  " + std::string{remark};
  }
  return text;
}

void append_activity(std::vector<line>& lines, const diagnostics_report& now, const top_rates& rates,
                     const frame_size& size) {
  const bool has_max = size.columns >= columns_for_instance;
  std::vector<table_column> shape = {{""},
                                     {"total", alignment::right},
                                     {"per s", alignment::right},
                                     {"p50", alignment::right},
                                     {"p99", alignment::right}};
  if (has_max) shape.push_back({"max", alignment::right});
  table rows{std::move(shape)};
  const auto add = [&](const char* name, std::uint64_t total, double rate, const histogram_summary& durations) {
    const auto time = [&](double seconds) { return durations.count == 0 ? std::string{"-"} : duration_text(seconds); };
    rows.add({name, with_separators(total), rate_text(rate), time(durations.p50_s), time(durations.p99_s),
              time(durations.max_s)});
  };
  add("selections", now.stats.selections, rates.selections, now.profile.selection.durations);
  add("invocations", now.stats.invocations, rates.invocations, now.profile.invocation.durations);
  add("constructions", now.stats.total_instantiations, rates.constructions, now.profile.instantiation.durations);
  append(lines, rows, {}, size);
}

int rank_of(instance_phase phase) {
  switch (phase) {
    case instance_phase::running:
    case instance_phase::starting:
    case instance_phase::backing_off:
      return 0;
    case instance_phase::probing:
      return 1;
    case instance_phase::idle:
    case instance_phase::stopped:
    case instance_phase::quarantined:
      break;
  }
  return 2;
}

paint colour_of(const planner_record& record) {
  if (record.admission == admission_state::quarantined || !record.error.empty()) return paint::red;
  if (record.instance == instance_phase::running) return paint::green;
  const bool is_under_way = record.admission == admission_state::pending ||
                            record.instance == instance_phase::starting ||
                            record.instance == instance_phase::backing_off;
  return is_under_way ? paint::yellow : paint::plain;
}

std::vector<std::string> cells_of(const planner_record& record, const frame_size& size) {
  const auto columns = size.columns;
  const auto& behaviour = record.reliability;
  const auto admission = record.error.empty() ? std::string{to_string(record.admission)} : std::string{"error"};
  std::vector<std::string> cells = {printable(record.name), admission,
                                    behaviour.score ? fixed(*behaviour.score, 4) : std::string{"-"}};
  const auto count = [](std::int64_t number) {
    return with_separators(static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0)));
  };
  if (columns >= columns_for_instance) cells.emplace_back(to_string(record.instance));
  if (columns >= columns_for_counts) {
    cells.push_back(count(behaviour.invocations));
    cells.push_back(count(behaviour.failures));
  }
  if (columns >= columns_for_mean) {
    cells.push_back(behaviour.invocations > 0 ? duration_text(behaviour.mean_duration_ms / 1e3) : std::string{"-"});
  }
  if (columns >= columns_for_tier) {
    cells.push_back(std::to_string(record.generation));
    cells.push_back(fit(printable(record.tier), 12, {columns, false, size.is_cut}));
  }
  return cells;
}

/// At most `rows_max` lines, the last of which tells how many planners are not shown.
void append_planners(std::vector<line>& lines, std::vector<planner_record> planners, std::size_t rows_max,
                     const frame_size& size) {
  if (planners.empty()) {
    lines.push_back({"No planner is known.", paint::yellow});
    return;
  }
  const bool fits = planners.size() + 1 <= rows_max;  // with the title line
  if (!fits && rows_max < 3) {
    lines.push_back({counted(planners.size(), "planner") + ", no room to show any", paint::dim});
    return;
  }
  std::stable_sort(planners.begin(), planners.end(), [](const auto& left, const auto& right) {
    return std::tuple{rank_of(left.instance), -left.reliability.invocations, std::string_view{left.name}} <
           std::tuple{rank_of(right.instance), -right.reliability.invocations, std::string_view{right.name}};
  });
  const auto columns = size.columns;
  std::vector<table_column> shape = {
      {"planner", alignment::left, true, false, 12}, {"admission"}, {"reliability", alignment::right}};
  if (columns >= columns_for_instance) shape.push_back({"instance"});
  if (columns >= columns_for_counts) {
    shape.push_back({"invocations", alignment::right});
    shape.push_back({"failures", alignment::right});
  }
  if (columns >= columns_for_mean) shape.push_back({"mean", alignment::right});
  if (columns >= columns_for_tier) {
    shape.push_back({"gen", alignment::right});
    shape.push_back({"tier"});
  }
  table rows{std::move(shape)};
  std::vector<paint> colours;
  const auto shown = fits ? planners.size() : rows_max - 2;
  for (std::size_t index = 0; index < shown; ++index) {
    rows.add(cells_of(planners[index], size));
    colours.push_back(colour_of(planners[index]));
  }
  append(lines, rows, colours, size);
  if (shown < planners.size()) {
    lines.push_back({"and " + counted(planners.size() - shown, "more planner"), paint::dim});
  }
}

void append_alerts(std::vector<line>& lines, const std::vector<alert>& alerts) {
  for (std::size_t index = 0; index < std::min(alerts.size(), alerts_shown_max); ++index) {
    lines.push_back({"alert: " + printable(alerts[index].message), paint::yellow});
  }
  if (alerts.size() > alerts_shown_max) {
    lines.push_back({"and " + counted(alerts.size() - alerts_shown_max, "more alert"), paint::yellow});
  }
}

}  // namespace

top_rates rates_between(const std::optional<diagnostics_report>& before, const diagnostics_report& now) {
  const bool is_same_runtime = before && before->stats.uptime_s <= now.stats.uptime_s;
  const stats_report begin = is_same_runtime ? before->stats : stats_report{};
  const double seconds = now.stats.uptime_s - begin.uptime_s;
  return {per_second(begin.selections, now.stats.selections, seconds),
          per_second(begin.invocations, now.stats.invocations, seconds),
          per_second(begin.total_instantiations, now.stats.total_instantiations, seconds)};
}

std::string top_frame(const diagnostics_report& now, const top_rates& rates, std::string_view remark,
                      const frame_size& size) {
  auto layout = size;
  layout.columns = size.is_cut ? std::max(size.columns, layout_columns_min) : std::numeric_limits<std::size_t>::max();
  const auto& stats = now.stats;
  std::vector<line> lines = {{title(now, remark, layout.columns), paint::bold}};
  lines.push_back({with_separators(stats.active) + " active, " + with_separators(stats.pending) + " pending, " +
                       with_separators(stats.quarantined) + " quarantined; " + counted(stats.instantiated, "instance") +
                       " live; " + counted(stats.import_failures, "refusal"),
                   now.health.ready ? paint::green : paint::red});
  append_alerts(lines, now.health.alerts);
  lines.push_back({});
  append_activity(lines, now, rates, layout);
  lines.push_back({});
  const auto left = size.rows == 0 ? now.planners.size() + 1 : size.rows - std::min(size.rows, lines.size());
  append_planners(lines, now.planners, left, layout);
  if (size.rows > 0 && lines.size() > size.rows) lines.resize(size.rows);
  const text_style style{size.columns, size.colour, size.is_cut};
  std::string result;
  for (const auto& each : lines) result += painted(style, each.colour, fit(each.text, size.columns, style)) + "\n";
  return result;
}

nlohmann::ordered_json top_json(const diagnostics_report& now, const top_rates& rates) {
  nlohmann::ordered_json result;
  result["per_second"] = {
      {"selections", rates.selections}, {"invocations", rates.invocations}, {"constructions", rates.constructions}};
  const auto everything = to_json(now);
  for (const auto& [key, value] : everything.items()) result[key] = value;
  return result;
}

}  // namespace planguild::cli
