// The repository index as text. Owned by the command; pure function, any thread.
#include "app/cli/index_text.hpp"

#include <algorithm>

#include "app/cli/table.hpp"
#include "app/index/cycle_cut.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t shown_max = 20;
constexpr std::size_t cut_lines_shown_max = 5;
constexpr std::size_t cycle_files_shown_max = 6;

std::string more(std::size_t all) {
  return all > shown_max ? "and " + with_separators(all - shown_max) + " more (see --json)\n" : std::string{};
}

std::string heading(std::string_view text, const text_style& style) {
  return "\n" + painted(style, paint::bold, text) + "\n";
}

std::string import_line(const repository_index& index, const import_edge& edge, const text_style& style) {
  const auto columns = style.columns > 8 ? style.columns - 4 : 8;
  return "    " +
         fit(printable(index.files[edge.from].path) + ":" + std::to_string(edge.line) + "  " + printable(edge.text),
             columns, style) +
         "\n";
}

std::string imports_lines(const repository_index& index, const std::vector<std::size_t>& positions,
                          const text_style& style) {
  std::string result;
  for (std::size_t each = 0; each < std::min(positions.size(), cut_lines_shown_max); ++each) {
    result += import_line(index, index.imports[positions[each]], style);
  }
  if (positions.size() > cut_lines_shown_max) {
    result += "    and " + with_separators(positions.size() - cut_lines_shown_max) + " more\n";
  }
  return result;
}

std::string hotspots_text(const repository_index& index, const text_style& style) {
  const auto hotspots = find_hotspots(index);
  if (hotspots.empty()) return {};
  table rows{{{"file", alignment::left, true, true},
              {"lines", alignment::right},
              {"changes", alignment::right},
              {"imported by", alignment::right},
              {"tested"}}};
  for (std::size_t each = 0; each < std::min(hotspots.size(), shown_max); ++each) {
    const auto id = hotspots[each];
    const auto& facts = index.facts[id];
    rows.add({printable(index.files[id].path), with_separators(facts.lines), std::to_string(facts.changes),
              std::to_string(facts.fan_in), facts.tested ? "yes" : "no"});
  }
  return heading("hotspots", style) + rows.text(style) + more(hotspots.size());
}

std::string cycles_text(const repository_index& index, const text_style& style) {
  if (index.cycles.empty()) return {};
  auto result = heading("import cycles", style);
  for (std::size_t each = 0; each < std::min(index.cycles.size(), shown_max); ++each) {
    const auto& cycle = index.cycles[each];
    std::string files;
    for (std::size_t file = 0; file < std::min(cycle.size(), cycle_files_shown_max); ++file) {
      files += (files.empty() ? "" : ", ") + printable(index.files[cycle[file]].path);
    }
    if (cycle.size() > cycle_files_shown_max) files += ", …";
    result += labelled("", counted(cycle.size(), "file") + ": " + files, style, 2);
    const auto cut = cheapest_cut(cycle, index.imports);
    result += "  " + std::string{cut.exact ? "cheapest cut" : "a cheap cut (greedy)"} + ", " +
              counted(cut.lines, "import line") + ":\n" + imports_lines(index, cut.imports, style);
  }
  return result + more(index.cycles.size());
}

std::string layers_text(const repository_index& index, const text_style& style) {
  const auto breaks = find_layer_breaks(index.files, index.imports);
  if (breaks.empty()) return {};
  auto result = heading("folders that import each other", style);
  for (std::size_t each = 0; each < std::min(breaks.size(), shown_max); ++each) {
    const auto& found = breaks[each];
    result +=
        labelled("",
                 printable(found.from) + " imports " + printable(found.to) + " in " + counted(found.lines, "line") +
                     " (the other way: " + with_separators(found.opposite_lines) + ")",
                 style, 2);
    result += imports_lines(index, found.breaks, style);
  }
  return result + more(breaks.size());
}

}  // namespace

std::string index_text(const repository_index& index, const text_style& style) {
  const auto hotspots = find_hotspots(index).size();
  auto result = labelled("repository", printable(index.root), style);
  result += labelled("files",
                     with_separators(index.files.size()) + " in known languages, " + counted(index.lines, "line") +
                         ", " + counted(index.bytes, "byte") + "; " + with_separators(index.other_files) + " others, " +
                         with_separators(index.unread_files) + " not read",
                     style);
  result += labelled("imports",
                     with_separators(index.imports.size()) + " within the repository, " +
                         with_separators(index.external_imports) + " of something outside, " +
                         counted(index.cycles.size(), "cycle"),
                     style);
  result += labelled(
      "hotspots", index.churn.present ? with_separators(hotspots) : "unknown: " + printable(index.churn.absent_reason),
      style);
  if (index.truncated) result += labelled("note", "the repository is too large: this is a part of it", style);
  if (index.unreadable_folders > 0) {
    result += labelled("note", counted(index.unreadable_folders, "folder") + " could not be read", style);
  }
  return result + hotspots_text(index, style) + cycles_text(index, style) + layers_text(index, style);
}

}  // namespace planguild::cli
