// Every command that asks a runtime gives the same answer with --attach as with a runtime of its own, as JSON and,
// where it is no history, as text. Real processes.
#include <filesystem>
#include <map>
#include <regex>
#include <sstream>

#include "tests/app/cli/comparable_answers.hpp"
#include "tests/app/cli/running_guild.hpp"

using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

struct attach_case {
  const char* name;
  std::vector<std::string> arguments;
  bool is_text_alike = false;  // its text has nothing of history
};

/// The same command attached, then with a runtime of its own.
struct two_results {
  program_result attached;
  program_result own;
};

two_results run_both(const guild_folder& folder, const running_guild& guild, std::vector<std::string> own,
                     const char* format) {
  // Warnings of a discovery belong to the runtime that made it.
  own.insert(own.end(), {"--quiet", "--format", format});
  auto attached = own;
  attached.insert(attached.end(), {"--attach", guild.socket()});
  two_results both;
  both.attached = folder.run(attached);
  both.own = folder.run(own);
  CHECK(both.attached.exit_code == both.own.exit_code);
  CHECK(both.attached.errors == both.own.errors);
  return both;
}

/// The text without what differs between two runs of one command: what held a planner's last process in is history, so
/// its line and those that continue it are left out; how long something took is a dash.
std::string comparable_text(const std::string& text) {
  static const std::regex seconds{" *[0-9]+\\.[0-9]+ s\\b"};
  std::istringstream lines{text};
  std::string result;
  bool is_left_out = false;
  for (std::string line; std::getline(lines, line);) {
    is_left_out = line.rfind("sandbox ", 0) == 0 || (is_left_out && line.rfind("  ", 0) == 0);
    if (!is_left_out) result += std::regex_replace(line, seconds, " - s") + "\n";
  }
  return result;
}

void check_alike(const guild_folder& folder, const running_guild& guild, const attach_case& each) {
  INFO(each.name);
  const auto json = run_both(folder, guild, each.arguments, "json");
  INFO(json.attached.errors);
  const auto attached_answer = json_of(json.attached.output);
  const auto own_answer = json_of(json.own.output);
  CHECK(keys_of(attached_answer) == keys_of(own_answer));
  CHECK(comparable(attached_answer) == comparable(own_answer));
  if (each.is_text_alike) {
    const auto text = run_both(folder, guild, each.arguments, "text");
    CHECK(comparable_text(text.attached.output) == comparable_text(text.own.output));
    CHECK((text.own.exit_code != 0 || !text.own.output.empty()));
  }
}

void add_two(const guild_folder& folder) {
  folder.add_planner("one_planner", two_tasks());
  folder.add_planner("two_planner", R"({"tasks":[],"evidence":[{"text":"looked at everything"}]})",
                     R"(,"tier":"gold")");
}

}  // namespace

TEST_CASE("Every command gives the same answer attached as with a runtime of its own") {
  guild_folder folder;
  add_two(folder);
  folder.folder().write("planners/broken.planner.json", "{");
  folder.folder().write("context.json", R"({"deep_index_summary":{"files":3},"hotspots_count":20})");
  const std::vector<attach_case> cases = {
      {"list", {"list"}},
      {"describe", {"describe", "one_planner"}},
      {"describe, unknown", {"describe", "nobody_here"}, true},
      {"crash, none", {"crash", "one_planner"}, true},
      {"crash, unknown", {"crash", "nobody_here"}, true},
      {"discover", {"discover"}},
      {"health", {"health"}},
      {"probe", {"probe", "one_planner"}},
      {"probe, unknown", {"probe", "nobody_here"}, true},
      {"select", {"select", "improve it"}, true},
      {"select, explained", {"select", "improve it", "--require", "risk", "--explain", "--top", "1"}, true},
      {"select, with a context", {"select", "improve it", "--context", folder.path("context.json")}, true},
      {"heal", {"heal"}, true},
      {"quarantine", {"quarantine", "two_planner", "--reason", "a test"}, true},
      {"select, with one quarantined", {"select", "improve it"}, true},
      {"reinstate", {"reinstate", "two_planner"}, true},
      {"plan, a named planner", {"plan", "improve it", "--planner", "one_planner"}},
      {"plan, a repository", {"plan", "improve it", "--repo", folder.path("repository"), "--planner", "one_planner"}},
      {"plan, unknown planner", {"plan", "improve it", "--planner", "nobody_here"}, true},
      {"reload", {"reload"}},
      {"stats", {"stats"}},
      {"top, one frame", {"top", "--once"}},
      {"diagnostics", {"diagnostics"}},
      {"diagnostics, verbose", {"diagnostics", "--verbose"}},
      // Last: it changes the running runtime, and nothing but it.
      {"configure, refused", {"configure", "FACTORY_MIN_RELIABILITY=much"}, true},
      {"configure", {"configure", "FACTORY_MIN_RELIABILITY=0.125"}}};
  running_guild guild{folder};
  for (const auto& each : cases) check_alike(folder, guild, each);
  CHECK(guild.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(guild.socket()));
}

TEST_CASE("The samples of a runtime that has done nothing are the same attached, to the last number") {
  guild_folder folder;
  add_two(folder);
  running_guild guild{folder};
  for (const std::string kind : {"selection", "instantiation", "invocation"}) {
    INFO(kind);
    const auto json = run_both(folder, guild, {"profiles", kind}, "json");
    CHECK(json_of(json.attached.output) == json_of(json.own.output));
    CHECK(json_of(json.own.output)["counted"] == 0);
    const auto text = run_both(folder, guild, {"profiles", kind}, "text");
    CHECK(text.attached.output == text.own.output);
  }
}

TEST_CASE("Attached, samples tell what the running runtime has done") {
  guild_folder folder;
  add_two(folder);
  running_guild guild{folder};
  const auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--json", "--quiet", "--attach", guild.socket()});
    const auto result = folder.run(arguments);
    INFO(result.errors);
    CHECK(result.exit_code == 0);
    return json_of(result.output);
  };
  CHECK(run({"select", "improve it", "--require", "risk"})["best"] == "two_planner");
  run({"plan", "improve it", "--planner", "one_planner"});
  run({"plan", "improve it once more", "--planner", "one_planner"});
  const auto selections = run({"profiles", "selection"});
  REQUIRE(selections["kept"]["selections"].size() == 1);
  CHECK(selections["kept"]["selections"][0]["best"] == "two_planner");
  CHECK(selections["kept"]["selections"][0]["required_caps"] == nlohmann::json({"risk"}));
  CHECK(selections["kept"]["selections"][0]["candidates_considered"] == 2);
  const auto starts = run({"profiles", "instantiation"});
  REQUIRE(starts["kept"]["instantiations"].size() == 1);
  CHECK(starts["kept"]["instantiations"][0]["name"] == "one_planner");
  const auto invocations = run({"profiles", "invocation"});
  CHECK(invocations["counted"] == 2);
  REQUIRE(invocations["kept"]["invocations"].size() == 2);
  for (const auto& each : invocations["kept"]["invocations"]) {
    CHECK(each["name"] == "one_planner");
    CHECK(each["outcome"] == "ok");
  }
  CHECK(run({"profiles", "invocation", "--limit", "1"})["kept"]["invocations"].size() == 1);
}

TEST_CASE("A planner's last crash is told attached as by a runtime of its own, with its last words") {
  guild_folder folder;
  folder.add_program("dying_planner", "#!/bin/sh\necho 'these are my last words' >&2\nexit 3\n");
  // It dies in this one's probe, and both others have it from the store.
  const auto first = json_of(folder.run({"crash", "dying_planner", "--json"}).output);
  running_guild guild{folder};
  const auto json = run_both(folder, guild, {"crash", "dying_planner"}, "json");
  CHECK(json_of(json.attached.output) == first);
  CHECK(json_of(json.own.output) == first);
  const auto text = run_both(folder, guild, {"crash", "dying_planner"}, "text");
  CHECK(text.attached.output == text.own.output);
  CHECK(has(text.attached.output, "these are my last words"));
}

TEST_CASE("config --attach shows the running runtime's values, not those of the caller's environment") {
  guild_folder folder;
  running_guild guild{folder, {"FACTORY_MIN_RELIABILITY=0.125"}};
  const auto asked = [&](std::vector<std::string> more, const std::string& floor) {
    more.insert(more.begin(), {"config", "--json"});
    const auto result = folder.run(more, {"FACTORY_MIN_RELIABILITY=" + floor});
    CHECK(result.exit_code == 0);
    std::map<std::string, nlohmann::json> variables;
    const auto answer = json_of(result.output);
    for (const auto& each : answer.at("variables")) variables[each["variable"]] = each;
    return variables;
  };
  const auto attached = asked({"--attach", guild.socket()}, "0.5");
  const auto own = asked({}, "0.125");
  REQUIRE(attached.count("FACTORY_MIN_RELIABILITY") == 1);
  CHECK(attached.at("FACTORY_MIN_RELIABILITY")["value"] == "0.125");
  CHECK(attached.size() == own.size());
  for (auto [variable, shown] : attached) {
    INFO(variable);
    CHECK(shown["source"] == "running runtime");
    REQUIRE(own.count(variable) == 1);
    auto expected = own.at(variable);
    expected["source"] = "running runtime";
    if (variable == "FACTORY_LOG_LEVEL") expected["value"] = shown["value"];  // its own: it was started with --quiet
    CHECK(shown == expected);
  }
}

TEST_CASE("Attached, a decision that the running runtime cannot keep is taken and says that it ends with it") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  folder.folder().write("state/planguild", "a file where the folder would be");
  running_guild guild{folder};
  const std::vector<std::string> quarantine = {"quarantine", "one_planner", "--reason",
                                               "a test",     "--attach",    guild.socket()};
  const auto text = folder.run(quarantine);
  CHECK(text.exit_code == 0);
  CHECK(has(text.output, "kept          no: it ends with the running runtime, which stores nothing: "));
  auto in_json = quarantine;
  in_json.emplace_back("--json");
  const auto json = folder.run(in_json);
  CHECK(json_of(json.output)["admission"] == "quarantined");
  CHECK(has(json.errors, "the decision ends with the running runtime"));
  const auto stats = folder.run({"stats", "--json", "--attach", guild.socket()});
  CHECK_FALSE(json_of(stats.output)["memory_only"].get<std::string>().empty());
  CHECK(has(folder.run({"stats", "--attach", guild.socket()}).output, "store         none, "));
}

TEST_CASE("Attached, a decision that is kept says nothing of its end") {
  guild_folder folder;
  folder.add_planner("one_planner", two_tasks());
  running_guild guild{folder};
  const auto text = folder.run({"quarantine", "one_planner", "--reason", "a test", "--attach", guild.socket()});
  CHECK(text.exit_code == 0);
  CHECK_FALSE(has(text.output, "kept"));
  const auto stats = folder.run({"stats", "--json", "--attach", guild.socket()});
  CHECK(json_of(stats.output)["memory_only"] == "");
}
