// The decision log: what is recorded replays, and a file that cannot be written harms nobody.
#include "app/host/decision_log.hpp"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <vector>

#include "actors/registry/ranking.hpp"
#include "app/host/decision_line.hpp"
#include "messages/selection.hpp"
#include "tests/support/test_environment.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

snapshot_ptr two_planners() {
  snapshot view;
  for (const auto* name : {"alpha", "beta"}) {
    snapshot_row row;
    row.name = name;
    row.admission = admission_state::admitted;
    row.reliability = 0.5;
    view.rows.push_back(row);
  }
  return std::make_shared<const snapshot>(view);
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("Every decision becomes one line, and all are written when the log goes") {
  const auto path = std::filesystem::temp_directory_path() / ("planguild-decisions-" + std::to_string(::getpid()));
  std::filesystem::remove(path);
  auto log = std::make_shared<memory_log>();
  auto decisions = make_decision_log(path.string(), log);
  selection chosen;
  chosen.best = "alpha";
  for (int i = 0; i < 100; ++i) decisions->decided(two_planners(), {}, chosen);
  decisions->decided(two_planners(), {}, make_failure(failure_code::no_candidate, "nobody"));
  decisions.reset();
  const auto lines = lines_of(path);
  std::filesystem::remove(path);
  REQUIRE(lines.size() == 101);
  CHECK(lines.front().find("\"best\":\"alpha\"") != std::string::npos);
  CHECK(lines.back().find("\"expected_error\":\"no_candidate\"") != std::string::npos);
}

TEST_CASE("A recorded decision holds no secret of its request") {
  select_request request;
  request.objective = "use AKIAIOSFODNN7EXAMPLE";
  request.required_capabilities = {"AKIAIOSFODNN7EXAMPLE", "risk"};
  const auto view = two_planners();
  const auto line = decision_line(*view, request, select(*view, request));
  REQUIRE(line);
  CHECK(line->find("AKIA") == std::string::npos);
  CHECK(line->find("\"risk\"") != std::string::npos);
}

TEST_CASE("A file that cannot be written is said once") {
  auto log = std::make_shared<memory_log>();
  auto decisions = make_decision_log("/nowhere/at/all", log);
  for (int i = 0; i < 10; ++i) decisions->decided(two_planners(), {}, selection{});
  decisions.reset();
  CHECK(log->count(log_level::error, "cannot be recorded") == 1);
}
