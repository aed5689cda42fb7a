// Pure functions, any thread.
#include "app/cli/replay_compare.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "messages/context.hpp"
#include "messages/json.hpp"

namespace planguild {
namespace {

using nlohmann::json;

constexpr std::size_t differences_max = 20;

class difference_list {
 public:
  void add(const std::string& path, const std::string& expected, const std::string& got) {
    if (++count_ <= differences_max) {
      texts_.push_back(path + ": expected " + expected + ", got " + got);
    }
  }

  std::vector<std::string> take() {
    if (count_ > differences_max) {
      texts_.push_back("and " + std::to_string(count_ - differences_max) + " more differences");
    }
    return std::move(texts_);
  }

 private:
  std::vector<std::string> texts_;
  std::size_t count_ = 0;
};

bool same_number(const json& a, const json& b) {
  if (a.is_number_float() && b.is_number_float()) {
    return std::bit_cast<std::uint64_t>(a.get<double>()) == std::bit_cast<std::uint64_t>(b.get<double>());
  }
  return a == b;  // nlohmann compares integers of different signedness and doubles by value
}

/// How other scripts are lower-cased is not ours to compare.
bool is_ascii(const json& texts) {
  const auto text = dump_json(texts);
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// A text of digits beyond 64 bits saturates, as the production code does.
bool same_hotspots(const json& expected, const json& got) {
  return lenient_integer(expected, 0) == lenient_integer(got, 0);
}

void compare(const json& expected, const json& got, const std::string& path, difference_list& differences);

void compare_arrays(const json& expected, const json& got, const std::string& path, difference_list& differences) {
  if (expected.size() != got.size()) {
    differences.add(path, std::to_string(expected.size()) + " elements", std::to_string(got.size()));
  }
  for (std::size_t index = 0; index < std::min(expected.size(), got.size()); ++index) {
    compare(expected[index], got[index], path + "[" + std::to_string(index) + "]", differences);
  }
}

std::string path_of(const std::string& object, const std::string& key) {
  return object.empty() ? key : std::string{object}.append(".").append(key);
}

void compare(const json& expected, const json& got, const std::string& path, difference_list& differences) {
  if (expected.is_object() && got.is_object()) {
    for (const auto& [key, value] : expected.items()) {
      if (const auto other = got.find(key); other != got.end()) {
        compare(value, *other, path_of(path, key), differences);
      }
    }
    return;
  }
  if (path == "profile.required_caps" && !is_ascii(expected)) {
    return;
  }
  if (expected.is_array() && got.is_array()) {
    compare_arrays(expected, got, path, differences);
    return;
  }
  const bool same = path == "profile.hotspots"                ? same_hotspots(expected, got)
                    : expected.is_number() && got.is_number() ? same_number(expected, got)
                                                              : expected == got;
  if (!same) {
    differences.add(path, dump_json(expected), dump_json(got));
  }
}

/// The names of failures in the data of the predecessor, and our own.
std::string_view code_of_error(std::string_view error) {
  if (error == "no_active") {
    return "no_active_planner";
  }
  return error == "no_candidates" ? std::string_view{"no_candidate"} : error;
}

/// What `ranking_names` and `total_scores` say is read off the ranking.
json ascii_only_view(const json& answer) {
  json view = answer;
  if (const auto ranking = answer.find("ranking"); ranking != answer.end()) {
    view["ranking_names"] = json::array();
    view["total_scores"] = json::array();
    for (const auto& row : *ranking) {
      view["ranking_names"].push_back(row["name"]);
      view["total_scores"].push_back(row["total_score"]);
    }
  }
  return view;
}

void compare_expected(const json& expected, json answer, difference_list& differences) {
  const auto ranking = expected.find("ranking");
  const auto candidates = expected.find("candidates_considered");
  if (ranking != expected.end() && ranking->is_array() && candidates != expected.end() &&
      *candidates > ranking->size() && answer.contains("ranking")) {
    auto& rows = answer["ranking"];
    while (rows.size() > ranking->size()) {
      rows.erase(rows.size() - 1);
    }
  }
  compare(expected, answer, "", differences);
}

}  // namespace

bool states_expectation(const json& line) {
  return line.contains("expected") || line.contains("expected_error") || line.contains("expected_ascii_only");
}

std::vector<std::string> compare_replay(const json& line, const json& answer) {
  difference_list differences;
  const auto problem = answer.find("failure");
  const std::string code = problem == answer.end() ? "" : (*problem)["code"].get<std::string>();
  if (const auto error = line.find("expected_error"); error != line.end()) {
    const auto* text = error->get_ptr<const std::string*>();
    if (text == nullptr || code_of_error(*text) != code) {
      differences.add("failure", dump_json(*error), code.empty() ? "an answer" : code);
    }
    return differences.take();
  }
  if (!code.empty()) {
    differences.add("failure", "an answer", code);
    return differences.take();
  }
  if (const auto expected = line.find("expected"); expected != line.end()) {
    if (expected->is_object()) {
      compare_expected(*expected, answer, differences);
    } else {
      differences.add("expected", "an object", dump_json(*expected));
    }
  }
  auto found = differences.take();
  const auto ascii = line.find("expected_ascii_only");
  if (ascii == line.end() || (found.empty() && line.contains("expected"))) {
    return found;
  }
  difference_list ascii_differences;
  compare(*ascii, ascii_only_view(answer), "", ascii_differences);
  return ascii_differences.take();
}

}  // namespace planguild
