// to_int.json: free JSON values as integers.
#include <catch2/catch.hpp>
#include <limits>
#include <nlohmann/json.hpp>

#include "messages/context.hpp"
#include "tests/conformance/support/conformance_data.hpp"

using namespace planguild;

namespace {

std::int64_t converted(const nlohmann::json& one) {
  const auto fallback = one["default"].get<std::int64_t>();
  if (!one.value("value_is_special", false)) return lenient_integer(one["value"], fallback);
  const auto name = one["value"]["nonfinite"].get<std::string>();
  const auto infinity = std::numeric_limits<double>::infinity();
  if (name == "nan") return lenient_integer(std::numeric_limits<double>::quiet_NaN(), fallback);
  return lenient_integer(name == "inf" ? infinity : -infinity, fallback);
}

}  // namespace

TEST_CASE("Every JSON value becomes the integer that the data says") {
  const auto data = conformance::load("to_int.json");
  conformance::tally tally("to_int.json cases");
  for (const auto& one : data["cases"]) {
    INFO(one["id"].get<std::string>());
    CHECK(converted(one) == one["expected_saturated_int64"].get<std::int64_t>());
    tally.ran();
  }
  CHECK(tally.ran_count() > 0);
  CHECK(tally.differences() == std::vector<std::string>{});
}
