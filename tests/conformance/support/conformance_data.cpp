// Loads the conformance data, counts cases, and compares the counts with the committed list. One thread.
#include "tests/conformance/support/conformance_data.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "messages/text.hpp"

namespace planguild::conformance {
namespace {

std::string environment_or(const char* variable, const std::string& fallback) {
  const char* value = std::getenv(variable);
  return value == nullptr || *value == '\0' ? fallback : std::string{value};
}

std::string test_folder() {
  return environment_or("PLANGUILD_SOURCE_DIR", ".") + "/tests/conformance";
}

bool is_committed_data() {
  return environment_or("PLANGUILD_CONFORMANCE_DIR", "").empty();
}

/// The rows of skipped.md for `label`: reason, count. A row is "| label | count | reason |".
std::map<std::string, std::size_t> listed_skips(const std::string& label) {
  std::map<std::string, std::size_t> result;
  std::ifstream list(test_folder() + "/skipped.md");
  for (std::string line; std::getline(list, line);) {
    if (!line.starts_with("| ")) continue;
    std::istringstream cells(line.substr(1));
    std::string row_label;
    std::string count;
    std::string reason;
    std::getline(cells, row_label, '|');
    std::getline(cells, count, '|');
    std::getline(cells, reason, '|');
    if (text::trim(row_label) != label) continue;
    result[std::string{text::trim(reason)}] = std::strtoul(count.c_str(), nullptr, 10);
  }
  return result;
}

}  // namespace

nlohmann::json load(const std::string& file) {
  const auto path = environment_or("PLANGUILD_CONFORMANCE_DIR", test_folder() + "/data") + "/" + file;
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot read " + path);
  auto data = nlohmann::json::parse(stream, nullptr, false);
  if (data.is_discarded()) throw std::runtime_error(path + " is no JSON");
  return data;
}

const nlohmann::json& expected_of(const nlohmann::json& one, const std::string& key) {
  const auto ascii_only = one.find("expected_ascii_only");
  return ascii_only == one.end() ? one.at(key) : *ascii_only;
}

tally::tally(std::string label) : label_(std::move(label)) {}

tally::~tally() {
  std::size_t count = 0;
  std::string reasons;
  for (const auto& [reason, cases] : skipped_) {
    count += cases;
    reasons += (reasons.empty() ? " (" : "; ") + std::to_string(cases) + " " + reason;
  }
  if (!reasons.empty()) reasons += ")";
  std::cout << label_ << ": " << ran_ << " ran, " << count << " skipped" << reasons << std::endl;
}

std::vector<std::string> tally::differences() const {
  if (!is_committed_data()) return {};
  std::vector<std::string> result;
  auto listed = listed_skips(label_);
  for (const auto& [reason, cases] : skipped_) {
    if (listed[reason] != cases) {
      result.push_back(label_ + ": " + std::to_string(cases) + " skipped because \"" + reason + "\", skipped.md says " +
                       std::to_string(listed[reason]));
    }
    listed.erase(reason);
  }
  for (const auto& [reason, cases] : listed) {
    result.push_back(label_ + ": none skipped because \"" + reason + "\", skipped.md says " + std::to_string(cases));
  }
  return result;
}

}  // namespace planguild::conformance
