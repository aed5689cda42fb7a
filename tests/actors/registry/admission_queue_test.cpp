// Planners to be probed: at most so many at once, each once, the first discovery's counted apart. Plain class.
#include "actors/registry/admission_queue.hpp"

#include <catch2/catch.hpp>

#include "messages/limits.hpp"

using namespace planguild;  // NOLINT(google-build-using-namespace)

TEST_CASE("At most four probes run at once, in the order in which they were asked for") {
  admission_queue queue;
  for (int i = 0; i < 6; ++i) {
    queue.add("planner_" + std::to_string(i), false);
  }
  for (int i = 0; i < limits::probes_at_once_max; ++i) {
    CHECK(queue.next() == "planner_" + std::to_string(i));
  }
  CHECK_FALSE(queue.next().has_value());
  queue.finished("planner_2");
  CHECK(queue.next() == "planner_4");
  CHECK_FALSE(queue.next().has_value());
}

TEST_CASE("A planner that waits or runs is not queued twice") {
  admission_queue queue;
  queue.add("alpha", false);
  queue.add("alpha", false);
  CHECK(queue.next() == "alpha");
  queue.add("alpha", false);
  CHECK_FALSE(queue.next().has_value());
  queue.finished("alpha");
  CHECK(queue.empty());
  queue.add("alpha", false);
  CHECK(queue.next() == "alpha");
}

TEST_CASE("The first admissions are settled when each of them is, whatever else waits") {
  admission_queue queue;
  queue.add("alpha", true);
  queue.add("beta", true);
  queue.add("later", false);
  CHECK_FALSE(queue.first_settled());
  queue.finished("alpha");
  CHECK_FALSE(queue.first_settled());
  queue.finished("beta");
  CHECK(queue.first_settled());
  CHECK_FALSE(queue.empty());
  CHECK(queue.next() == "later");
}

TEST_CASE("A planner that is gone before its turn is not probed") {
  admission_queue queue;
  queue.add("gone", true);
  queue.add("here", true);
  queue.finished("gone");
  CHECK_FALSE(queue.contains("gone"));
  CHECK(queue.next() == "here");
  CHECK_FALSE(queue.next().has_value());
}
