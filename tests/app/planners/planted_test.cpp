// Fixtures with planted cycles and layer breaks: exactly those are found, the cheapest cut is named, and a clean tree
// gives nothing to do.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/planners/structural_planner.hpp"
#include "tests/app/index/temp_tree.hpp"
#include "tests/app/planners/task_titles.hpp"

namespace planguild {

namespace {

using nlohmann::json;
using strings = std::vector<std::string>;
using test::titles;

struct planned {
  plan made;
  json meta;
};

planned plan_fixture(const std::string& name, const std::string& objective = "Tidy up") {
  auto text = test::read_source_file("tests/app/planners/fixtures/" + name + ".tree");
  REQUIRE_FALSE(text.empty());
  test::temp_tree tree(text);
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto made = planner.generate(
      {objective, tree.root(), 0}, json(), [](double, const std::string&) {}, cancelled);
  REQUIRE(made);
  return {*made, json::parse(made->meta)};
}

// Each cycle as its files, then "cut" and the lines to remove.
std::vector<strings> cycles(const planned& result) {
  std::vector<strings> found;
  for (const auto& cycle : result.meta["cycles"]) {
    auto entry = cycle["files"].get<strings>();
    entry.emplace_back(cycle["exact"].get<bool>() ? "cut" : "greedy");
    for (const auto& line : cycle["cut"]) {
      entry.push_back(line["file"].get<std::string>() + ':' + std::to_string(line["line"].get<int>()));
    }
    found.push_back(entry);
  }
  return found;
}

// Each layer break as "from > to", then its lines.
std::vector<strings> breaks(const planned& result) {
  std::vector<strings> found;
  for (const auto& layer : result.meta["layer_breaks"]) {
    strings entry{layer["from"].get<std::string>() + " > " + layer["to"].get<std::string>()};
    for (const auto& line : layer["imports"]) {
      entry.push_back(line["file"].get<std::string>() + ':' + std::to_string(line["line"].get<int>()));
    }
    found.push_back(entry);
  }
  return found;
}

}  // namespace

TEST_CASE("C: the planted cycle and layer break are found, and nothing else") {
  auto result = plan_fixture("c_cycles");
  CHECK(cycles(result) == std::vector<strings>{{"core/cache.h", "core/store.h", "cut", "core/store.h:3"}});
  CHECK(breaks(result) == std::vector<strings>{{"core > net", "core/main.c:2"}});
  CHECK(titles(result.made) == strings{"Cut the cycle store.h > cache.h", "Free core/ of net/ (1 import)"});
  const auto& cut = result.made.tasks.front();
  CHECK(cut.target == "core/store.h");
  REQUIRE_FALSE(cut.evidence.empty());
  CHECK(cut.evidence.front().file == "core/store.h");
  CHECK(cut.evidence.front().line == 3);
  CHECK(cut.evidence.front().text == "cut: #include \"core/cache.h\"  (imports core/cache.h)");
}

TEST_CASE("C++: the planted cycle and layer break are found, and nothing else") {
  auto result = plan_fixture("cpp_cycles");
  CHECK(cycles(result) ==
        std::vector<strings>{{"model/edge.hpp", "model/graph.hpp", "model/node.hpp", "cut", "model/edge.hpp:2"}});
  CHECK(breaks(result) == std::vector<strings>{{"model > view", "model/graph.cpp:8"}});
  CHECK(titles(result.made) ==
        strings{"Cut the cycle edge.hpp > graph.hpp > node.hpp", "Free model/ of view/ (1 import)"});
}

TEST_CASE("Python: the planted cycle and layer break are found, and nothing else") {
  auto result = plan_fixture("python_cycles");
  CHECK(cycles(result) ==
        std::vector<strings>{{"shop/orders.py", "shop/prices.py", "shop/taxes.py", "cut", "shop/orders.py:3"}});
  CHECK(breaks(result) == std::vector<strings>{{"shop > admin", "shop/basket.py:2"}});
}

TEST_CASE("TypeScript: the planted cycle and layer break are found, and nothing else") {
  auto result = plan_fixture("typescript_cycles");
  CHECK(cycles(result) == std::vector<strings>{{"app/button.ts", "app/state.ts", "app/view.tsx", "lib/format.mjs",
                                                "lib/log.js", "cut", "app/state.ts:1", "app/state.ts:2"}});
  CHECK(breaks(result) == std::vector<strings>{{"lib > app", "lib/format.mjs:1", "lib/log.js:1"}});
}

TEST_CASE("JavaScript: the planted cycles are found, and nothing else") {
  auto result = plan_fixture("javascript_cycles");
  CHECK(cycles(result) ==
        std::vector<strings>{{"src/a.js", "src/b.js", "cut", "src/a.js:2"},
                             {"src/widgets/box.js", "src/widgets/index.js", "cut", "src/widgets/index.js:1"}});
  CHECK(breaks(result).empty());
  CHECK(titles(result.made) == strings{"Cut the cycle a.js > b.js", "Cut the cycle widgets/index.js > box.js"});
}

TEST_CASE("A clean tree has nothing to do, and the plan shows what was looked at") {
  auto result = plan_fixture("clean");
  CHECK(result.made.tasks.empty());
  CHECK(result.meta["cycles"].empty());
  CHECK(result.meta["layer_breaks"].empty());
  CHECK(result.meta["counts"]["files"] == 8);
  REQUIRE(result.made.evidence.size() >= 3);
  CHECK(result.made.evidence[0].text == "nothing to do: no structural problem was found");
  CHECK(result.made.evidence[1].text.starts_with("read 8 source files, "));
  CHECK(result.made.evidence[2].text.starts_with("0 import cycles, 0 layer breaks"));
}

TEST_CASE("Languages whose imports nobody reads are named, so that nothing to do is not taken for clean") {
  const auto evidence_of = [](const std::string& files) {
    test::temp_tree tree(files);
    structural_planner planner;
    std::atomic<bool> cancelled{false};
    const auto made = planner.generate(
        {"Tidy up", tree.root(), 0}, json(), [](double, const std::string&) {}, cancelled);
    REQUIRE(made);
    std::string all;
    for (const auto& each : made->evidence) all += each.text + "\n";
    return all;
  };
  CHECK(
      evidence_of("== src/main.rs ==\nmod a;\n== src/a.rs ==\nuse crate::main;\n== run.sh ==\necho\n== tool.py ==\n1\n")
          .find("; 3 files are in other languages (rust 2, shell 1), among which") != std::string::npos);
  CHECK(evidence_of("== tool.py ==\n1\n").find("other languages") == std::string::npos);
}

TEST_CASE("Without a repository the plan is empty and says so; a missing one is a failure") {
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto silent = [](double, const std::string&) {};
  auto none = planner.generate({"Tidy up", "", 0}, json(), silent, cancelled);
  REQUIRE(none);
  CHECK(none->tasks.empty());
  CHECK(none->evidence.size() == 1);
  CHECK(planner.generate({"Tidy up", "/nonexistent/folder", 0}, json(), silent, cancelled).error->code ==
        failure_code::not_found);
}

TEST_CASE("Words of the objective bring matching tasks to the front, and oversized files state the threshold") {
  test::temp_tree tree;
  tree.write("alpha/big.go", test::filler_lines(900));
  tree.write("alpha/registry.go", test::filler_lines(401));
  tree.write("alpha/right.go", test::filler_lines(400));
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto silent = [](double, const std::string&) {};
  auto plain = planner.generate({"Tidy up", tree.root(), 0}, json(), silent, cancelled);
  REQUIRE(plain);
  CHECK(titles(*plain) == strings{"Split alpha/big.go (900 lines)", "Split alpha/registry.go (401 lines)"});
  CHECK(plain->tasks[0].description.starts_with("Files here are taken as oversized above 400 lines."));
  auto steered = planner.generate({"Make the registry easier to change", tree.root(), 0}, json(), silent, cancelled);
  REQUIRE(steered);
  CHECK(titles(*steered) == strings{"Split alpha/registry.go (401 lines)", "Split alpha/big.go (900 lines)"});
  CHECK(json::parse(steered->meta)["objective_matches"] == 1);
}

TEST_CASE("What the objective speaks of is pinned where others import it and no test does") {
  test::temp_tree tree;
  tree.write("src/ledger.hpp", "int ledger();\n");
  tree.write("src/ledger_view.hpp", "#include \"ledger.hpp\"\n");
  tree.write("src/ledger_table.hpp", "int table();\n");
  tree.write("src/main.cpp", "#include \"ledger.hpp\"\n#include \"ledger_table.hpp\"\n");
  tree.write("tests/ledger_table_test.cpp", "#include \"../src/ledger_table.hpp\"\n");
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto silent = [](double, const std::string&) {};
  auto steered = planner.generate({"Rework the ledger", tree.root(), 0}, json(), silent, cancelled);
  REQUIRE(steered);
  CHECK(titles(*steered) == strings{"Pin ledger.hpp with tests (2 files import it)"});
  auto elsewhere = planner.generate({"Tidy up", tree.root(), 0}, json(), silent, cancelled);
  REQUIRE(elsewhere);
  CHECK(elsewhere->tasks.empty());
}

TEST_CASE("A much imported file without tests is pinned before it is split") {
  test::temp_tree tree;
  tree.write("hub.hpp", test::filler_lines(500));
  for (int i = 0; i < 12; ++i) {
    tree.write("user" + std::to_string(i) + ".cpp", "#include \"hub.hpp\"\n");
  }
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto made = planner.generate(
      {"Tidy up", tree.root(), 0}, json(), [](double, const std::string&) {}, cancelled);
  REQUIRE(made);
  REQUIRE(titles(*made) == strings{"Pin hub.hpp with tests (12 files import it)", "Split hub.hpp (500 lines)"});
  CHECK(made->tasks[1].depends_on == strings{made->tasks[0].id});
  tree.write("tests/hub_test.cpp", "#include \"hub.hpp\"\n");
  auto tested = planner.generate(
      {"Tidy up", tree.root(), 0}, json(), [](double, const std::string&) {}, cancelled);
  REQUIRE(tested);
  CHECK(titles(*tested) == strings{"Split hub.hpp (500 lines)"});
}

TEST_CASE("A plan has at most 50 tasks, counts the rest, and stays in order of dependencies") {
  test::temp_tree tree;
  for (int i = 0; i < 60; ++i) {
    auto name = std::to_string(100 + i);
    tree.write("a" + name + ".h", "#include \"b" + name + ".h\"\n" + test::filler_lines(450 + i));
    tree.write("b" + name + ".h", "#include \"a" + name + ".h\"\n");
  }
  structural_planner planner;
  std::atomic<bool> cancelled{false};
  auto made = planner.generate(
      {"Split files", tree.root(), 0}, json(), [](double, const std::string&) {}, cancelled);
  REQUIRE(made);
  CHECK(made->tasks.size() == 50);
  auto meta = json::parse(made->meta);
  CHECK(meta["counts"]["cycles"] == 60);
  CHECK(meta["left_out"].get<std::size_t>() == 60 + meta["counts"]["oversized"].get<std::size_t>() - 50);
  strings known;
  for (const auto& task : made->tasks) {
    for (const auto& needed : task.depends_on) {
      CHECK(std::find(known.begin(), known.end(), needed) != known.end());
    }
    CHECK((known.empty() || known.back() < task.id));
    known.push_back(task.id);
  }
}

}  // namespace planguild
