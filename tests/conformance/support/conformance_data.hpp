// Loads the conformance data and tells how many of its cases ran. Used by every *_test.cpp beside this folder:
//
//   const auto data = conformance::load("selection.json");
//   conformance::tally tally("selection.json cases");
//   for (const auto& one : data["cases"]) { …; tally.ran(); or tally.skipped("why"); }
//   CHECK(tally.differences() == std::vector<std::string>{});
//
// One thread.
#pragma once

#include <cstddef>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace planguild::conformance {

/// The parsed `file` ("config.json") from the folder in PLANGUILD_CONFORMANCE_DIR, or else from tests/conformance/data.
/// Throws std::runtime_error (which fails the test) if it is missing or no JSON.
nlohmann::json load(const std::string& file);

/// What `one` expects under `key`: its ASCII-only variant where the data has one, since that is our rule.
const nlohmann::json& expected_of(const nlohmann::json& one, const std::string& key = "expected");

/// Counts the cases of one list of one file; prints the counts when it goes.
class tally {
 public:
  /// `label` is the file and the list in it, such as "config.json cases": the first column of skipped.md.
  explicit tally(std::string label);
  ~tally();
  tally(const tally&) = delete;
  tally& operator=(const tally&) = delete;

  void ran() { ++ran_; }
  /// Not run, or not as the data says; `reason` is one that skipped.md gives.
  void skipped(const std::string& reason) { ++skipped_[reason]; }

  std::size_t ran_count() const noexcept { return ran_; }
  /// Where skipped.md says otherwise, one line each. Empty, too, where other data than the committed one is used.
  std::vector<std::string> differences() const;

 private:
  std::string label_;
  std::size_t ran_ = 0;
  std::map<std::string, std::size_t> skipped_;
};

}  // namespace planguild::conformance
