// What is remembered of admissions, by name and digest.
#include "actors/registry/verdict_memory.hpp"

#include <catch2/catch.hpp>

using namespace planguild;

namespace {

admission_verdict verdict(const std::string& name, admission_state state, const std::string& digest) {
  admission_verdict result;
  result.name = name;
  result.digest = digest;
  result.state = state;
  return result;
}

}  // namespace

TEST_CASE("Of one name the verdicts on the last few digests are kept") {
  verdict_memory memory;
  for (int version = 0; version < 10; ++version) {
    memory.remember(verdict("aaa", admission_state::admitted, "d" + std::to_string(version)));
  }
  CHECK(memory.find("aaa", "d9"));
  CHECK(memory.find("aaa", "d6"));
  CHECK_FALSE(memory.find("aaa", "d5"));
  CHECK_FALSE(memory.operator_decision("aaa"));
  memory.remember(verdict("bbb", admission_state::pending, "d1"));
  CHECK_FALSE(memory.find("bbb", "d1"));
}
