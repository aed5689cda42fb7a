// The plan check: what passes, in which order, and what each refusal says.
#include "actors/instantiation/plan_check.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "messages/limits.hpp"

using namespace planguild;

namespace {

using list = std::vector<std::string>;

plan_task task(const std::string& id, list depends_on = {}, task_effort effort = task_effort::S) {
  plan_task result;
  result.id = id;
  result.title = "Do " + id;
  result.depends_on = std::move(depends_on);
  result.effort = effort;
  return result;
}

plan of(std::vector<plan_task> tasks) {
  plan result;
  result.objective = "Make it easier to change";
  result.tasks = std::move(tasks);
  return result;
}

plan checked(plan candidate) {
  auto result = check_plan(std::move(candidate), "/repository");
  INFO((result.error ? result.error->message : ""));
  REQUIRE(result);
  return *result;
}

failure refused(plan candidate, const std::string& repository = "/repository") {
  const auto result = check_plan(std::move(candidate), repository);
  REQUIRE_FALSE(result);
  CHECK(result.error->code == failure_code::plan_invalid);
  return *result.error;
}

bool mentions(const failure& problem, const std::string& part) {
  INFO(problem.message);
  return problem.message.find(part) != std::string::npos;
}

/// PLANGUILD_SEED replays a run.
unsigned seed() {
  const char* given = std::getenv("PLANGUILD_SEED");
  return given != nullptr ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
}

}  // namespace

TEST_CASE("A good plan gets its order and critical path, and is otherwise unchanged") {
  auto candidate = of({task("4", {"2"}, task_effort::M), task("1"), task("2", {"1"}, task_effort::M), task("3")});
  candidate.tasks[0].target = "actors/registry/query.cpp";
  candidate.tasks[0].evidence = {{"src/./a.cpp", 7, "because"}, {"", std::nullopt, "no file"}};
  candidate.order = {"rubbish"};
  candidate.critical_path = {"rubbish"};
  const auto result = checked(candidate);
  CHECK(result.order == list{"1", "2", "3", "4"});
  CHECK(result.critical_path == list{"1", "2", "4"});
  CHECK(result.tasks == candidate.tasks);
  CHECK(result.objective == candidate.objective);
}

TEST_CASE("Among ready tasks the least id comes first, bytewise") {
  CHECK(checked(of({task("b"), task("a", {"z"}), task("z"), task("10"), task("9"), task("B")})).order ==
        list{"10", "9", "B", "b", "z", "a"});
}

TEST_CASE("The critical path counts effort, not tasks, and equal ones are decided by ids from the start") {
  CHECK(checked(of({task("a"), task("b", {"a"}), task("c", {"b"}), task("d", {}, task_effort::L)})).critical_path ==
        list{"d"});
  CHECK(checked(of({task("a"), task("b", {"a"}), task("c", {"b"}), task("d", {"c"}), task("e", {}, task_effort::L)}))
            .critical_path == list{"a", "b", "c", "d"});
  CHECK(checked(of({task("d", {"b"}), task("c", {"a"}), task("b"), task("a")})).critical_path == list{"a", "c"});
  CHECK(checked(of({task("z", {"a", "b"}), task("b"), task("a")})).critical_path == list{"a", "z"});
  CHECK(checked(of({task("a"), task("y", {"a"}), task("x", {"a"})})).critical_path == list{"a", "x"});
}

TEST_CASE("Nothing to do is a plan only with evidence") {
  plan nothing;
  CHECK(refused(nothing).where == "evidence");
  nothing.evidence = {{"", std::nullopt, "no import cycles, no layer breaks"}};
  const auto result = checked(nothing);
  CHECK(result.order.empty());
  CHECK(result.critical_path.empty());
}

TEST_CASE("Ids must be there and unique") {
  const auto missing = refused(of({task("a"), task(" ")}));
  CHECK(missing.where == "tasks[1].id");
  CHECK(mentions(missing, "position 2"));
  const auto twice = refused(of({task("x"), task("a"), task("b"), task("a")}));
  CHECK(twice.where == "tasks[3].id");
  CHECK(mentions(twice, "\"a\" appears twice, at positions 2 and 4"));
}

TEST_CASE("Dependencies must be other tasks of the plan") {
  const auto unknown = refused(of({task("a"), task("b", {"a", "ghost"})}));
  CHECK(unknown.where == "tasks[1].depends_on[1]");
  CHECK(mentions(unknown, "task \"b\" depends on \"ghost\", which is no task"));
  CHECK(mentions(refused(of({task("a", {"a"})})), "task \"a\" depends on itself"));
  CHECK(checked(of({task("a"), task("b", {"a", "a"})})).order == list{"a", "b"});
}

TEST_CASE("A cycle is refused and spelled out") {
  CHECK(mentions(refused(of({task("a", {"b"}), task("b", {"a"})})), R"("a" needs "b" needs "a")"));
  const auto inner =
      refused(of({task("start"), task("c", {"d", "start"}), task("d", {"e"}), task("e", {"c"}), task("after", {"c"})}));
  CHECK(mentions(inner, R"(cycle: "c" needs "d" needs "e" needs "c")"));
  CHECK(inner.where == "tasks[1].depends_on");
  std::vector<plan_task> ring;
  for (int index = 0; index < 2'000; ++index)
    ring.push_back(task(std::to_string(index), {std::to_string((index + 1) % 2'000)}));
  CHECK(mentions(refused(of(ring)), "(2000 tasks in all)"));
}

TEST_CASE("Targets and evidence files stay inside the repository") {
  for (const std::string bad : {"/etc/passwd", "../x", "a/../../x", "a/..", "..", ".", "./", "//", "/"}) {
    CAPTURE(bad);
    auto candidate = of({task("a"), task("b")});
    candidate.tasks[1].target = bad;
    const auto target = refused(candidate);
    CHECK(target.where == "tasks[1].target");
    CHECK(mentions(target, "task \"b\""));
    candidate = of({task("a")});
    candidate.tasks[0].evidence = {{"good.cpp", {}, ""}, {bad, {}, ""}};
    CHECK(refused(candidate).where == "tasks[0].evidence[1].file");
    candidate = of({task("a")});
    candidate.evidence = {{bad, {}, ""}};
    CHECK(refused(candidate).where == "evidence[0].file");
  }
  auto candidate = of({task("a")});
  candidate.tasks[0].target = std::string("a\0b", 3);
  CHECK(mentions(refused(candidate), "NUL"));
  for (const std::string good :
       {"", "a", "a/b.cpp", "..a", "a..", "...", "./a", "a//b", "new folder/not yet there.cpp"}) {
    CAPTURE(good);
    candidate.tasks[0].target = good;
    checked(candidate);
  }
}

TEST_CASE("An absolute path inside the repository is refused with the relative one") {
  auto candidate = of({task("a")});
  candidate.tasks[0].target = "/repository/src/a.cpp";
  CHECK(mentions(refused(candidate), "it would be \"src/a.cpp\""));
  CHECK(mentions(refused(candidate, "/repository/"), "it would be \"src/a.cpp\""));
  CHECK_FALSE(mentions(refused(candidate, "/repo"), "it would be"));
  CHECK_FALSE(mentions(refused(candidate, ""), "it would be"));
}

TEST_CASE("A plan at its bounds passes, over them it is refused") {
  std::vector<plan_task> tasks;
  for (std::size_t index = 0; index < limits::plan_tasks_max; ++index)
    tasks.push_back(task("t" + std::to_string(index)));
  CHECK(checked(of(tasks)).order.size() == limits::plan_tasks_max);
  tasks.push_back(task("one more"));
  CHECK(mentions(refused(of(tasks)), "at most 2000"));
  auto large = of({task("a")});
  large.tasks[0].description = std::string(limits::plan_bytes_max - 1'000, 'x');
  checked(large);
  large.tasks[0].description = std::string(limits::plan_bytes_max, 'x');
  CHECK(mentions(refused(large), std::to_string(limits::plan_bytes_max)));
  auto many = of({task("a")});
  many.evidence.resize(300'000);
  CHECK(mentions(refused(many), "bytes"));
}

TEST_CASE("A chain of all tasks and a complete graph are checked without recursion") {
  std::vector<plan_task> chain;
  for (int index = 0; index < 2'000; ++index)
    chain.push_back(task(std::to_string(index), index == 0 ? list{} : list{std::to_string(index - 1)}));
  CHECK(checked(of(chain)).critical_path.size() == 2'000);
  std::vector<plan_task> complete;
  list before;
  for (int index = 0; index < 600; ++index) {
    complete.push_back(task(std::to_string(index), before));
    before.push_back(std::to_string(index));
  }
  CHECK(checked(of(complete)).critical_path.size() == 600);
}

TEST_CASE(
    "Random plans: the order respects every dependency, the critical path is a chain of greatest effort, input order "
    "is irrelevant") {
  const unsigned start = seed();
  CAPTURE(start);
  std::mt19937 random(start);
  for (int round = 0; round < 200; ++round) {
    const int size = 1 + static_cast<int>(random() % 9);
    std::vector<plan_task> tasks;
    for (int index = 0; index < size; ++index) {
      list needs;
      for (int earlier = 0; earlier < index; ++earlier) {
        if (random() % 3 == 0) needs.push_back(tasks[static_cast<std::size_t>(earlier)].id);
      }
      const std::string id{static_cast<char>('a' + static_cast<int>(random() % 26)), static_cast<char>('0' + index)};
      tasks.push_back(task(id, needs, static_cast<task_effort>(random() % 3)));
    }
    std::shuffle(tasks.begin(), tasks.end(), random);
    const auto result = checked(of(tasks));
    std::map<std::string, plan_task> by_id;
    for (const auto& item : tasks) by_id[item.id] = item;
    const auto effort = [&](const std::string& id) { return 1 << static_cast<int>(by_id[id].effort); };
    std::set<std::string> done;
    for (const auto& id : result.order) {
      for (const auto& needed : by_id[id].depends_on) CHECK(done.contains(needed));
      done.insert(id);
    }
    CHECK(done.size() == tasks.size());
    std::map<std::string, int> best;  // greatest effort of a chain that ends here
    for (const auto& id : result.order) {
      best[id] = effort(id);
      for (const auto& needed : by_id[id].depends_on) best[id] = std::max(best[id], best[needed] + effort(id));
    }
    int greatest = 0;
    for (const auto& [id, sum] : best) greatest = std::max(greatest, sum);
    int sum = 0;
    for (std::size_t index = 0; index < result.critical_path.size(); ++index) {
      sum += effort(result.critical_path[index]);
      if (index == 0) continue;
      const auto& needs = by_id[result.critical_path[index]].depends_on;
      CHECK(std::find(needs.begin(), needs.end(), result.critical_path[index - 1]) != needs.end());
    }
    CHECK(sum == greatest);
    std::shuffle(tasks.begin(), tasks.end(), random);
    const auto again = checked(of(tasks));
    CHECK(again.order == result.order);
    CHECK(again.critical_path == result.critical_path);
  }
}
