// selection.json: every case and batch case through the code behind `planguild replay`.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/replay.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;

namespace {

void replay_all(const nlohmann::json& cases, conformance::tally& tally) {
  for (const auto& one : cases) {
    INFO(one["id"].get<std::string>());
    const auto answer = replay_line(one.dump());
    REQUIRE(answer);
    CHECK(answer->compared);
    CHECK(answer->differences == std::vector<std::string>{});
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}

}  // namespace

TEST_CASE("Every selection of the data is ranked to the last bit") {
  conformance::tally tally("selection.json cases");
  replay_all(conformance::load("selection.json")["cases"], tally);
}

TEST_CASE("Every batch of the data has the names that are expected") {
  conformance::tally tally("selection.json batch_cases");
  replay_all(conformance::load("selection.json")["batch_cases"], tally);
}
