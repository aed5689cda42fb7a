// Grants: reading them, and what a planner gets of what it requests.
#include "messages/grants.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;

namespace {

std::vector<planner_grants> grants(std::string_view text) {
  std::string problem;
  auto read = grants_from(text, problem);
  INFO(problem);
  REQUIRE(read);
  return *read;
}

std::string problem_of(std::string_view text) {
  std::string problem;
  CHECK_FALSE(grants_from(text, problem));
  CHECK_FALSE(problem.empty());
  return problem;
}

}  // namespace

TEST_CASE("Grants of one name add up, whatever their order and spelling") {
  const auto read =
      grants(" Alpha:network=443 ,beta:read=/x,alpha:network=80,alpha:network=443,,alpha:write=/out/./a//b/");
  CHECK(read == std::vector<planner_grants>{{"alpha", {{80, 443}, {}, {"/out/a/b"}}}, {"beta", {{}, {"/x"}, {}}}});
  CHECK(grants(grants_text(read)) == read);
  CHECK(grants("").empty());
  CHECK(grants("alpha:read=/a=b:c") == std::vector<planner_grants>{{"alpha", {{}, {"/a=b:c"}, {}}}});
  CHECK(grants("alpha:read=/") == std::vector<planner_grants>{{"alpha", {{}, {"/"}, {}}}});
}

TEST_CASE("A grant that is not understood is refused by name") {
  for (const auto* text :
       {"alpha", "alpha:read", "alpha=read:/x", "alpha:execute=/x", "a:read=/x", "alpha:read=", "alpha:read=x",
        "alpha:read=../x", "alpha:read=/x/../y", "alpha:write=/..", "alpha:network=0", "alpha:network=65536",
        "alpha:network=-1", "alpha:network=443 ports", "alpha:network=", ":network=1", "alpha:network=0x50"}) {
    INFO(text);
    CHECK(problem_of(std::string{"good:read=/x,"} + text).find(text) != std::string::npos);
  }
  CHECK(problem_of("alpha:read=/" + std::string(limits::grant_path_bytes_max, 'x')).size() < 300);
  std::string many;
  for (std::size_t count = 0; count <= limits::grants_max; ++count) many += "alpha:read=/x,";
  CHECK(problem_of(many).find("1001 grants") != std::string::npos);
}

TEST_CASE("A planner gets what it requests and the operator grants, and nothing else") {
  const planner_permissions granted{{80, 443}, {"/data", "/etc"}, {"/out"}};
  const planner_permissions requested{
      {443, 8080}, {"/data", "/data/in/", "/database", "/out/x", "/home"}, {"/out", "/data"}};
  const auto given = effective_grants(requested, granted);
  CHECK(given == planner_permissions{{443}, {"/data", "/data/in", "/out/x"}, {"/out"}});
  CHECK(ungranted(requested, granted) == planner_permissions{{8080}, {"/database", "/home"}, {"/data"}});
  CHECK(effective_grants({}, granted) == planner_permissions{});
  CHECK(effective_grants(requested, {}) == planner_permissions{});
}

TEST_CASE("A requested path that climbs or is relative is never granted") {
  const planner_permissions granted{{}, {"/"}, {"/"}};
  const planner_permissions requested{{}, {"/data/../etc", "data", "", "/ok"}, {"."}};
  CHECK(effective_grants(requested, granted) == planner_permissions{{}, {"/ok"}, {}});
}

TEST_CASE("What would grant the rest is the whole setting, with what is granted to others") {
  const auto now = grants("beta:read=/x,alpha:network=80");
  CHECK(grants_needed(now, "alpha", {{80, 443}, {"/data"}, {}}) ==
        "alpha:network=80,alpha:network=443,alpha:read=/data,beta:read=/x");
  CHECK(grants_needed(now, "alpha", {{80}, {}, {}}).empty());
  CHECK(grants_needed(now, "alpha", {{}, {"relative", "/a,b"}, {}}).empty());
  CHECK(grants_needed({}, "gamma", {{}, {}, {"/out"}}) == "gamma:write=/out");
}

TEST_CASE("A probe's conditions change with the setting and with what the planner gets") {
  planner_manifest manifest;
  manifest.name = "alpha";
  manifest.permissions.network = {443};
  CHECK(probe_conditions({}, {}, manifest) == "require");
  CHECK(probe_conditions({sandbox_mode::off, {}}, {}, manifest) == "off");
  CHECK(probe_conditions({}, grants("alpha:network=443,alpha:read=/x"), manifest) == "require,network=443");
  CHECK(probe_conditions({}, grants("beta:network=443"), manifest) == "require");
  manifest.entry.kind = entry_kind::builtin;
  CHECK(probe_conditions({}, grants("alpha:network=443"), manifest).empty());
}
