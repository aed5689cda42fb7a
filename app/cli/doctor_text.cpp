// Doctor's report as text and JSON. Owned by the command; pure functions, any thread.
#include "app/cli/doctor_text.hpp"

#include <nlohmann/json.hpp>

namespace planguild::cli {
namespace {

constexpr std::size_t mark_columns = 9;
constexpr std::size_t area_columns = 15;

std::string_view mark(doctor_severity severity) {
  return severity == doctor_severity::good ? std::string_view{"ok"} : to_string(severity);
}

paint colour_of(doctor_severity severity) {
  switch (severity) {
    case doctor_severity::good:
      return paint::green;
    case doctor_severity::note:
      return paint::dim;
    case doctor_severity::warning:
      return paint::yellow;
    case doctor_severity::error:
      break;
  }
  return paint::red;
}

std::string marked(doctor_severity severity, const text_style& style) {
  const auto word = mark(severity);
  return painted(style, colour_of(severity), word) + std::string(mark_columns - word.size(), ' ');
}

std::string area_text(const doctor_area& area, const text_style& style) {
  // Laid out without colours, then the name is painted: colours have no width.
  const text_style narrow{style.columns > mark_columns ? style.columns - mark_columns : 0, false};
  const auto lines = labelled(area.name, printable(area.summary), narrow, area_columns);
  std::string result = marked(area.severity, style) + painted(style, paint::bold, area.name);
  for (const char letter : lines.substr(area.name.size())) {
    result += letter;
    if (letter == '\n') result.append(mark_columns, ' ');
  }
  result.resize(result.size() - mark_columns);
  return result;
}

std::string finding_text(const doctor_finding& finding, const text_style& style) {
  const text_style narrow{style.columns > 2 ? style.columns - 2 : 0, false};
  std::string result;
  for (const auto& line : wrap(printable(finding.what), narrow.columns - std::min(narrow.columns, mark_columns))) {
    result += "  " + (result.empty() ? marked(finding.severity, style) : std::string(mark_columns, ' ')) + line + "\n";
  }
  // Never wrapped: it is copied.
  if (!finding.mend.empty()) result += std::string(mark_columns + 2, ' ') + "> " + printable(finding.mend) + "\n";
  return result;
}

}  // namespace

std::string doctor_text(const doctor_report& report, const text_style& style) {
  std::string result;
  for (const auto& area : report.areas) {
    result += area_text(area, style);
    for (const auto& finding : report.findings) {
      if (finding.area == area.name) result += finding_text(finding, style);
    }
  }
  const auto verdict = counted(report.count(doctor_severity::error), "error") + ", " +
                       counted(report.count(doctor_severity::warning), "warning") + ", " +
                       counted(report.count(doctor_severity::note), "note") + ".";
  result += "\n" +
            painted(style, report.good() ? paint::green : paint::red,
                    report.good() ? "Nothing is wrong" : "Something is wrong") +
            ": " + verdict + "\n";
  return result;
}

nlohmann::ordered_json doctor_json(const doctor_report& report) {
  auto areas = nlohmann::ordered_json::array();
  for (const auto& area : report.areas) {
    areas.push_back({{"area", area.name}, {"severity", to_string(area.severity)}, {"summary", area.summary}});
  }
  auto findings = nlohmann::ordered_json::array();
  for (const auto& finding : report.findings) {
    findings.push_back({{"severity", to_string(finding.severity)},
                        {"area", finding.area},
                        {"what", finding.what},
                        {"mend", finding.mend}});
  }
  nlohmann::ordered_json result;
  result["version"] = report.version;
  result["good"] = report.good();
  result["areas"] = std::move(areas);
  result["findings"] = std::move(findings);
  return result;
}

}  // namespace planguild::cli
