// What operators ask, end to end with the built program, each by a runtime of its own.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "messages/limits.hpp"
#include "tests/app/cli/command_fixture.hpp"

using namespace planguild::test;

namespace {

constexpr const char* own_runtime = "this asks a runtime that lives for this command only";

void add_good(const guild_folder& guild) {
  guild.add_planner("good_planner", two_tasks());
}

}  // namespace

TEST_CASE("A heal of a guild with a planner does nothing and says yes") {
  const guild_folder guild;
  add_good(guild);
  auto result = guild.run({"heal"});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(result.output.find("nothing to heal\n") == 0);
  CHECK(has(result.errors, own_runtime));
  CHECK_FALSE(has(guild.run({"heal", "--quiet"}).errors, own_runtime));
}

TEST_CASE("A heal that finds nobody says no, with as many attempts as it was given") {
  const guild_folder guild;
  auto result = guild.run({"heal", "--max-attempts", "2", "--json"});
  CHECK(result.exit_code == 1);
  const auto json = json_of(result.output);
  CHECK(json["attempts"] == 2);
  CHECK(json["after_active"] == 0);
}

TEST_CASE("A reload says what it put away and what it found") {
  const guild_folder guild;
  add_good(guild);
  guild.folder().write("planners/broken_planner.planner.json", "{");
  auto result = guild.run({"reload"});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "archived      1 import failure\n"));
  CHECK(has(result.output, "found         1 planner: 1 admitted"));
}

TEST_CASE("A quarantine is kept in the store until the planner is reinstated") {
  const guild_folder guild;
  add_good(guild);
  auto result = guild.run({"quarantine", "good_planner", "--reason", "it lies"});
  INFO(result.errors);
  REQUIRE(result.exit_code == 0);
  CHECK(has(result.output, "good_planner  quarantined\nreason        quarantined by an operator: it lies\n"));
  CHECK(result.errors.empty());
  result = guild.run({"health"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.output, "Reinstate good_planner"));
  result = guild.run({"plan", "Do it", "--repo", guild.path("repository"), "--planner", "good_planner"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "it lies"));

  result = guild.run({"reinstate", "good_planner", "--json"});
  CHECK(result.exit_code == 0);
  CHECK(json_of(result.output)["admission"] == "admitted");
  CHECK(guild.run({"health"}).exit_code == 0);
}

TEST_CASE("Of a reason without end only as much is kept as of a failure's message") {
  const guild_folder guild;
  guild.add_planner("good_planner", two_tasks());
  const auto result =
      guild.run({"quarantine", "good_planner", "--reason", std::string(100'000, 'r') + " it lies", "--json"});
  CHECK(result.exit_code == 0);
  const std::string kept = json_of(guild.run({"describe", "good_planner", "--json"}).output)["admission_reason"];
  CHECK(json_of(result.output)["admission_reason"] == kept);
  CHECK(has(kept, "quarantined by an operator: rrr"));
  CHECK(kept.size() < planguild::limits::failure_message_bytes + 100);
}

TEST_CASE("Nobody decides about a planner that is not known") {
  const guild_folder guild;
  auto result = guild.run({"quarantine", "nobody", "--reason", "x"});
  CHECK(result.exit_code == 1);
  CHECK(has(result.errors, "not_found"));
  CHECK(guild.run({"reinstate", "nobody"}).exit_code == 1);
}

TEST_CASE("A decision that cannot be kept is a failure, not a promise") {
  const guild_folder guild;
  add_good(guild);
  guild.folder().write("file", "");
  auto result = guild.run({"quarantine", "good_planner", "--reason", "x", "--state", guild.path("file")});
  CHECK(result.exit_code == 2);
  CHECK(result.output.empty());
  CHECK(has(result.errors, "could not be kept"));
  CHECK(has(result.errors, "--state"));
}

TEST_CASE("Configuration values are checked all or none, and how to set them for good is said") {
  const guild_folder guild;
  auto result = guild.run({"configure", "FACTORY_TIE_BREAK=newest", "FACTORY_ALLOWED_PLANNERS=a b"});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "FACTORY_TIE_BREAK         name    newest\n"));
  CHECK(has(result.errors, "for good: export FACTORY_TIE_BREAK=newest, or \"tie_break\" in the file of --config\n"));
  CHECK(has(result.errors, "export FACTORY_ALLOWED_PLANNERS='a b'"));
  result = guild.run({"configure", "FACTORY_TIE_BREAK=newest", "FACTORY_MAX_PROFILES=many", "NOBODY=1"});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "Nothing was changed"));
  CHECK(has(result.errors, "FACTORY_MAX_PROFILES"));
  CHECK(has(result.errors, "NOBODY"));
  CHECK_FALSE(has(result.errors, "for good"));
  result = guild.run({"configure", "FACTORY_PLANNER_PATH=/x"});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "start it again"));
}

TEST_CASE("Statistics know the planners, although nobody asked for them before") {
  const guild_folder guild;
  add_good(guild);
  const auto result = guild.run({"stats", "--json"});
  CHECK(result.exit_code == 0);
  const auto json = json_of(result.output);
  CHECK(json["active"] == 1);
  CHECK(json["discovered"] == true);
  CHECK(json["resident_bytes"] > 0);
  CHECK(has(guild.run({"stats"}).output, "planners      1 active, 0 pending, 0 quarantined, 1 record\n"));
}

TEST_CASE("Profiles of a fresh runtime are empty and say so") {
  const guild_folder guild;
  add_good(guild);
  const auto result = guild.run({"profiles", "invocation"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "invocations     0 counted\n"));
  CHECK(has(result.output, "No samples.\n"));
  CHECK(json_of(guild.run({"profiles", "selection", "--json"}).output)["counted"] == 0);
}

TEST_CASE("The newest samples outlive the process that took them") {
  const guild_folder guild;
  add_good(guild);
  REQUIRE(guild.run({"plan", "Make it better", "--quiet"}).exit_code == 0);
  const auto known = json_of(guild.run({"profiles", "invocation", "--json"}).output);
  CHECK(known["counted"] == 0);
  CHECK(known["kept"]["invocations"].empty());
  REQUIRE(known["earlier"]["invocations"].size() == 1);
  CHECK(known["earlier"]["invocations"][0]["outcome"] == "ok");
  CHECK(json_of(guild.run({"profiles", "selection", "--json"}).output)["earlier"]["selections"].size() == 1);
  CHECK(has(guild.run({"profiles", "invocation"}).output, "earlier         1 taken before this runtime began, from "));
  CHECK(json_of(guild.run({"profiles", "invocation", "--limit", "0", "--json"}).output)["earlier"]["invocations"]
            .empty());
}

TEST_CASE("Diagnostics are printed or written whole to a file, verbose or not") {
  const guild_folder guild;
  add_good(guild);
  guild.add_program("exit_planner", "#!/bin/sh\necho 'went wrong' >&2\nexit 3\n");
  auto result = guild.run({"diagnostics"});
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "\nCONFIGURATION\n"));
  CHECK_FALSE(has(result.output, "went wrong"));
  const auto file = guild.path("report.txt");
  result = guild.run({"diagnostics", "--verbose", "--out", file});
  CHECK(result.exit_code == 0);
  CHECK(result.output.empty());
  CHECK(has(read_text(file), "went wrong"));
  CHECK(has(read_text(file), "FACTORY_HOTSPOT_THRESHOLD"));
  result = guild.run({"diagnostics", "--json"});
  const auto json = json_of(result.output);
  CHECK(json["stats"]["records"] == 2);
  CHECK(json["planners"].size() == 2);
  CHECK(json["configuration"].size() > 20);
  CHECK(guild.run({"diagnostics", "--out", guild.path("nowhere/report.txt")}).exit_code == 2);
}

TEST_CASE("Top shows one frame of its own runtime, and refuses to watch it") {
  const guild_folder guild;
  add_good(guild);
  auto result = guild.run({"top", "--once"});
  INFO(result.errors);
  CHECK(result.exit_code == 0);
  CHECK(has(result.output, "1 active, 0 pending, 0 quarantined; 0 instances live; 0 refusals\n"));
  CHECK(has(result.output, "\ngood_planner  admitted"));
  CHECK_FALSE(has(result.output, "\x1b"));
  CHECK(json_of(guild.run({"top", "--once", "--json"}).output)["per_second"]["selections"] == 0);
  result = guild.run({"top"});
  CHECK(result.exit_code == 2);
  CHECK(has(result.errors, "--attach"));
}
