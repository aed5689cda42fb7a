// A report for a terminal and for programs. See the header.
#include "benchmarks/report_text.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace planguild::bench {
namespace {

constexpr std::size_t page_columns = 100;
constexpr std::size_t gap_columns = 2;
constexpr std::size_t text_columns_min = 8;  // a column of text is not made narrower than this

/// How far the byte at `index` begins a character: everything but UTF-8's continuation bytes.
bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// The bytes of the first `columns` characters.
std::size_t bytes_of(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (begins_character(text[at]) && seen++ == columns) break;
  }
  return at;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// Lines of at most `columns`, broken between words, and within a word that is longer than a line. At least one.
std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines{""};
  for (auto word : words_of(text)) {
    if (!lines.back().empty() && width_of(lines.back()) + 1 + width_of(word) > columns) lines.emplace_back();
    if (!lines.back().empty()) lines.back() += ' ';
    while (width_of(word) > columns) {
      const auto cut = bytes_of(word, columns);
      lines.back() += word.substr(0, cut);
      lines.emplace_back();
      word.erase(0, cut);
    }
    lines.back() += word;
  }
  return lines;
}

std::string padded(const std::string& text, std::size_t columns, bool right) {
  const auto width = width_of(text);
  const std::string space(columns > width ? columns - width : 0, ' ');
  return right ? space + text : text + space;
}

struct column {
  std::size_t width = 0;
  bool is_numeric = true;  // stands at the right and is never broken
};

/// As wide as the widest cell and the longest word of the heading; text gives way until the page is wide enough.
std::vector<column> columns_of(const table& shown) {
  std::vector<column> columns(shown.columns.size());
  for (std::size_t index = 0; index < columns.size(); ++index) {
    for (const auto& word : words_of(shown.columns[index])) {
      columns[index].width = std::max(columns[index].width, width_of(word));
    }
    for (const auto& row : shown.rows) {
      if (index >= row.size()) continue;
      columns[index].width = std::max(columns[index].width, width_of(row[index].text));
      columns[index].is_numeric = columns[index].is_numeric && (row[index].is_number || row[index].text.empty());
    }
  }
  const auto total = [&columns] {
    std::size_t sum = 0;
    for (const auto& each : columns) sum += each.width + gap_columns;
    return sum - std::min(sum, gap_columns);
  };
  while (total() > page_columns) {
    column* widest = nullptr;
    for (auto& each : columns) {
      if (!each.is_numeric && (widest == nullptr || each.width > widest->width)) widest = &each;
    }
    if (widest == nullptr || widest->width <= text_columns_min) break;
    --widest->width;
  }
  // What room is left goes to headings that would stand in more than two lines.
  while (total() < page_columns) {
    column* tallest = nullptr;
    std::size_t lines_max = 2;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const auto lines = wrapped(shown.columns[index], columns[index].width).size();
      if (lines > lines_max) {
        lines_max = lines;
        tallest = &columns[index];
      }
    }
    if (tallest == nullptr) break;
    ++tallest->width;
  }
  return columns;
}

/// One row of cells, as many lines as its longest cell takes; headings stand at the bottom of theirs.
std::string row_text(const std::vector<std::string>& cells, const std::vector<column>& columns, bool at_bottom) {
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 0;
  for (std::size_t index = 0; index < columns.size(); ++index) {
    const std::string text = index < cells.size() ? cells[index] : "";
    // Numbers are never broken, whatever is left for them: "12.3 us" in two lines is no number.
    const bool whole = columns[index].is_numeric && !at_bottom;
    lines.push_back(whole ? std::vector<std::string>{text} : wrapped(text, columns[index].width));
    height = std::max(height, lines.back().size());
  }
  std::string result;
  for (std::size_t line = 0; line < height; ++line) {
    std::string text;
    for (std::size_t index = 0; index < columns.size(); ++index) {
      const auto above = at_bottom ? height - lines[index].size() : 0;
      const bool is_there = line >= above && line - above < lines[index].size();
      text += padded(is_there ? lines[index][line - above] : "", columns[index].width, columns[index].is_numeric);
      text.append(gap_columns, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    result += text + '\n';
  }
  return result;
}

std::string table_text(const table& shown) {
  std::string result;
  for (const auto& line : wrapped(shown.title, page_columns)) result += line + '\n';
  const auto columns = columns_of(shown);
  result += row_text(shown.columns, columns, true);
  std::vector<std::string> rules;
  rules.reserve(columns.size());
  for (const auto& each : columns) rules.emplace_back(each.width, '-');
  result += row_text(rules, columns, false);
  for (const auto& row : shown.rows) {
    std::vector<std::string> cells;
    cells.reserve(row.size());
    for (const auto& cell : row) cells.push_back(cell.text);
    result += row_text(cells, columns, false);
  }
  return result + '\n';
}

/// Sentences, each with a mark before its first line.
std::string list_text(const std::string& heading, const std::vector<std::string>& sentences) {
  if (sentences.empty()) return {};
  std::string result = heading + '\n';
  for (const auto& sentence : sentences) {
    const char* mark = "- ";
    for (const auto& line : wrapped(sentence, page_columns - 2)) {
      result += mark + line + '\n';
      mark = "  ";
    }
  }
  return result + '\n';
}

std::string facts_text(const facts& about) {
  std::size_t names = 0;
  for (const auto& [name, value] : about) names = std::max(names, width_of(name));
  std::string result;
  for (const auto& [name, value] : about) {
    std::string margin = padded(name, names, false) + "  ";
    for (const auto& line : wrapped(value, page_columns - names - 2)) {
      result += margin + line + '\n';
      margin.assign(names + 2, ' ');
    }
  }
  return result + '\n';
}

}  // namespace

std::string as_text(const report& found, const facts& about) {
  std::string result = facts_text(about);
  for (const auto& each : found.tables) result += table_text(each);
  result += list_text("Findings", found.findings);
  return result + (found.breaches.empty() ? "No breach.\n" : list_text("BREACHES", found.breaches));
}

std::string as_json(const report& found, const facts& about) {
  nlohmann::ordered_json result;
  auto& described = result["facts"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : about) described[name] = value;
  result["durations_in"] = "s";
  auto& tables = result["tables"] = nlohmann::ordered_json::array();
  for (const auto& each : found.tables) {
    auto rows = nlohmann::ordered_json::array();
    for (const auto& row : each.rows) {
      auto cells = nlohmann::ordered_json::array();
      for (const auto& cell : row) {
        // JSON knows no infinity: what could not be measured is null.
        cells.push_back(cell.is_number ? nlohmann::ordered_json(cell.number) : nlohmann::ordered_json(cell.text));
      }
      rows.push_back(std::move(cells));
    }
    tables.push_back({{"title", each.title}, {"columns", each.columns}, {"rows", std::move(rows)}});
  }
  result["findings"] = found.findings;
  result["breaches"] = found.breaches;
  return result.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace planguild::bench
