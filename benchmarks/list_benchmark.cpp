// Question: what does `planguild list` with four known planners cost over a CAF program that does nothing?
// Makes four planners in a temporary folder, lists once (which probes them and keeps the verdicts), then runs both
// programs in turn as whole processes. Medians and their ratio. Main thread.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmarks/measure.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace planguild::bench {
namespace {

/// A planner in a few lines of shell: enough of the protocol for a probe.
std::string program_text(const std::string& name) {
  return R"(#!/bin/sh
while IFS= read -r line; do
  id=${line#*\"id\":\"}; id=${id%%\"*}
  case "$line" in
    *initialize*) result='{"protocol":1,"name":")" +
         name + R"(","version":"1.0.0","capabilities":["structural"]}' ;;
    *self_test*) result='{"passed":true}' ;;
    *) result='{}' ;;
  esac
  printf '{"jsonrpc":"2.0","id":"%s","result":%s}\n' "$id" "$result"
  case "$line" in *shutdown*) exit 0 ;; esac
done
)";
}

void make_planner(const std::filesystem::path& folder, const std::string& name) {
  std::ofstream(folder / (name + ".planner.json"))
      << R"({"name":")" << name << R"(","version":"1.0.0","capabilities":["structural"],"production_ready":true,)"
      << R"("self_test":true,"entry":{"kind":"command","argv":["./)" << name << R"("]}})";
  std::ofstream(folder / name) << program_text(name);
  std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
}

/// Seconds from start to end of a whole process that accepts every planner; none if it could not be started or failed.
std::optional<double> run_seconds(const std::vector<std::string>& command) {
  static std::string accept_all = "FACTORY_ALLOWED_PLANNERS=*";
  std::vector<char*> variables{accept_all.data()};
  for (char** each = environ; *each != nullptr; ++each) {
    if (!std::string_view{*each}.starts_with("FACTORY_ALLOWED_PLANNERS=")) variables.push_back(*each);
  }
  variables.push_back(nullptr);
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1, 0);
  bool succeeded = false;
  const double seconds = seconds_of([&] {
    pid_t child = 0;
    int status = 0;
    succeeded = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), variables.data()) == 0 &&
                waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  });
  posix_spawn_file_actions_destroy(&actions);
  return succeeded ? std::optional<double>{seconds} : std::nullopt;
}

}  // namespace

void run_list(const options& wanted, report& into) {
  const temporary_folder folder;
  const std::filesystem::path planners = folder.path() + "/planners";
  std::error_code problem;
  if (folder.path().empty() || !std::filesystem::create_directories(planners, problem)) {
    into.breaches.emplace_back("list: no temporary folder could be made");
    return;
  }
  for (const auto* name : {"one_planner", "two_planner", "three_planner", "four_planner"}) {
    make_planner(planners, name);
  }
  const std::vector<std::string> list{
      program_folder() + "/planguild", "list", "--planner-path", planners.string(), "--state",
      folder.path() + "/state"};
  const std::vector<std::string> empty{program_folder() + "/empty_caf_program"};
  const auto first = run_seconds(list);
  const int rounds = rounds_of(wanted, 31);
  std::vector<double> list_s;
  std::vector<double> empty_s;
  for (int round = 0; round < rounds && first; ++round) {
    const auto empty_each = run_seconds(empty);
    const auto list_each = run_seconds(list);
    if (!empty_each || !list_each) break;
    empty_s.push_back(*empty_each);
    list_s.push_back(*list_each);
  }
  if (list_s.size() != static_cast<std::size_t>(rounds)) {
    into.breaches.push_back("list: planguild or empty_caf_program in " + program_folder() + " failed");
    return;
  }
  const auto ratio = ratio_cell(median(list_s) / median(empty_s));
  table shown;
  shown.title = "Whole processes, start to end (" + medians_of(rounds) + ")";
  shown.columns = {"program", "time", "over the empty program"};
  shown.rows = {{"a CAF program that does nothing", duration_cell(median(empty_s)), ""},
                {"planguild list, four known planners", duration_cell(median(list_s)), ratio},
                {"planguild list the first time, which probes them (one run)", duration_cell(*first), ""}};
  into.findings.push_back("`planguild list` with four known planners takes " + ratio.text +
                          " the time of a CAF program that does nothing.");
  into.tables.push_back(std::move(shown));
}

}  // namespace planguild::bench
