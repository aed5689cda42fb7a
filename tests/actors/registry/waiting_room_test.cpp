// Waiting requests: order, tickets, deadlines, bound. Plain class.
#include "actors/registry/waiting_room.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

waiting_request waits_for(const std::string& planner, std::uint64_t ticket = 0) {
  waiting_request request;
  request.what = awaited::planner;
  request.planner = planner;
  request.ticket = ticket;
  return request;
}

}  // namespace

TEST_CASE("What is ready leaves in order of arrival, the rest stays") {
  waiting_room room;
  (void)room.add(waits_for("one"));
  (void)room.add(waits_for("two"));
  (void)room.add(waits_for("one"));
  const auto ready = room.take_ready([](const waiting_request& request) { return request.planner == "one"; });
  CHECK(ready.size() == 2);
  const auto rest = room.take_all();
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].planner == "two");
  CHECK(room.take_all().empty());
}

TEST_CASE("A number or a ticket takes its own request, once") {
  waiting_room room;
  const auto first = room.add(waits_for("one", 7));
  const auto second = room.add(waits_for("two"));
  CHECK(first != second);
  CHECK_FALSE(room.take_ticket(0).has_value());
  CHECK_FALSE(room.take_ticket(8).has_value());
  CHECK(room.take_ticket(7)->planner == "one");
  CHECK_FALSE(room.take(first).has_value());
  CHECK(room.take(second)->planner == "two");
  CHECK_FALSE(room.take(second).has_value());
}

TEST_CASE("The room is full at its bound") {
  waiting_room room;
  for (std::size_t i = 0; i < limits::waiting_requests_max; ++i) {
    REQUIRE(room.has_room());
    (void)room.add({});
  }
  CHECK_FALSE(room.has_room());
}
