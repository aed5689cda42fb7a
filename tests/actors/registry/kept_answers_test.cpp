// The answers kept of the last requests: nothing is mixed up, and requests that look alike do not push each other out.
#include "actors/registry/kept_answers.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "messages/limits.hpp"

namespace planguild {
namespace {

struct kept_number {
  request_key key;
  std::size_t number;
};

select_request asking_for(std::vector<std::string> required) {
  select_request request;
  request.objective = "Make the registry easier to change";
  request.required_capabilities = std::move(required);
  return request;
}

void keep(kept_answers<kept_number>& answers, const select_request& request, std::size_t number) {
  answers.keep(request, std::make_unique<kept_number>(kept_number{request_key{request}, number}));
}

}  // namespace

TEST_CASE("A request is found by what decides its answer, not by the words of its objective") {
  kept_answers<kept_number> answers;
  auto request = asking_for({"refactor", "risk"});
  CHECK(answers.find(request) == nullptr);
  keep(answers, request, 7);
  REQUIRE(answers.find(request) != nullptr);
  CHECK(answers.find(request)->number == 7);

  auto other_words = request;
  other_words.objective = "Make the registry simpler to change";
  REQUIRE(other_words.objective.size() != request.objective.size());
  CHECK(answers.find(other_words) == nullptr);  // its length is in the samples
  other_words.objective = "MAKE THE REGISTRY EASIER TO CHANGE";
  CHECK(answers.find(other_words) == answers.find(request));

  CHECK(answers.find(asking_for({"risk", "refactor"})) == nullptr);
  CHECK(answers.find(asking_for({"refactor"})) == nullptr);
  CHECK(answers.find(asking_for({"refactorrisk"})) == nullptr);
  auto other_top = request;
  other_top.top += 1;
  CHECK(answers.find(other_top) == nullptr);
  auto other_context = request;
  other_context.context.hotspots += 1;
  CHECK(answers.find(other_context) == nullptr);
  auto no_preference = request;
  no_preference.prefer_production = !no_preference.prefer_production;
  CHECK(answers.find(no_preference) == nullptr);
}

TEST_CASE("Sixteen requests whose capabilities differ in their middle alone are all kept") {
  kept_answers<kept_number> answers;
  const auto request_of = [](std::size_t number) {
    return asking_for({"capability_0000" + std::to_string(10 + number) + "0", "capability_000010"});
  };
  for (std::size_t number = 0; number < 16; ++number) keep(answers, request_of(number), number);
  for (std::size_t number = 0; number < 16; ++number) {
    INFO("request " << number);
    REQUIRE(answers.find(request_of(number)) != nullptr);
    CHECK(answers.find(request_of(number))->number == number);
  }
}

TEST_CASE("More requests than places: what is found is right, and the newest is always found") {
  kept_answers<kept_number> answers;
  const auto request_of = [](std::size_t number) { return asking_for({"capability_" + std::to_string(number)}); };
  for (std::size_t number = 0; number < 10 * limits::kept_answers_max; ++number) {
    keep(answers, request_of(number), number);
    REQUIRE(answers.find(request_of(number)) != nullptr);
    CHECK(answers.find(request_of(number))->number == number);
  }
  std::size_t still_there = 0;
  for (std::size_t number = 0; number < 10 * limits::kept_answers_max; ++number) {
    const auto* kept = answers.find(request_of(number));
    if (kept == nullptr) continue;
    ++still_there;
    CHECK(kept->number == number);
  }
  CHECK(still_there > limits::kept_answers_max / 2);
  CHECK(still_there <= limits::kept_answers_max);
}

TEST_CASE("A newer answer to the same request replaces the older one") {
  kept_answers<kept_number> answers;
  const auto request = asking_for({"refactor"});
  keep(answers, request, 1);
  keep(answers, request, 2);
  REQUIRE(answers.find(request) != nullptr);
  CHECK(answers.find(request)->number == 2);
}

TEST_CASE("An objective over its bound is never found") {
  kept_answers<kept_number> answers;
  auto request = asking_for({"risk"});
  request.objective.assign(limits::objective_bytes_max + 1, 'x');
  keep(answers, request, 1);
  CHECK(answers.find(request) == nullptr);
}

}  // namespace planguild
