// Question: what does `planguild list` with four known planners cost over a CAF program that does nothing?
// Makes four planners in a temporary folder, lists once (which probes them and keeps the verdicts), then runs both
// programs in turn as whole processes and prints the medians and their ratio. `--smoke`: a few runs. One thread.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration)

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

/// Milliseconds from start to end of a whole process; exits if it fails.
double run_ms(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const auto& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1, 0);
  const auto begin = std::chrono::steady_clock::now();
  pid_t child = 0;
  int status = 0;
  const bool started = posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), environ) == 0;
  if (!started || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "%s failed\n", command[0].c_str());
    std::exit(1);
  }
  const auto took = std::chrono::steady_clock::now() - begin;
  posix_spawn_file_actions_destroy(&actions);
  return std::chrono::duration<double, std::milli>(took).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argument_count, char** arguments) {
  const bool smoke = argument_count > 1 && std::string{arguments[1]} == "--smoke";
  const auto folder = std::filesystem::temp_directory_path() / ("planguild-list-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "planners");
  for (const auto* name : {"one_planner", "two_planner", "three_planner", "four_planner"}) {
    make_planner(folder / "planners", name);
  }
  const auto* binaries = std::getenv("PLANGUILD_BINARY_DIR");
  const std::string programs = binaries != nullptr ? binaries : ".";
  setenv("FACTORY_ALLOWED_PLANNERS", "*", 1);
  const std::vector<std::string> list{programs + "/planguild", "list",    "--planner-path",
                                      folder / "planners",     "--state", folder / "state"};
  const std::vector<std::string> empty{programs + "/empty_caf_program"};

  std::printf("first list, with four probes: %.1f ms\n", run_ms(list));
  std::vector<double> list_ms;
  std::vector<double> empty_ms;
  for (int i = 0; i < (smoke ? 3 : 31); ++i) {
    empty_ms.push_back(run_ms(empty));
    list_ms.push_back(run_ms(list));
  }
  std::printf("empty CAF program %.2f ms, list %.2f ms (medians of %zu): ratio %.2f\n", median(empty_ms),
              median(list_ms), list_ms.size(), median(list_ms) / median(empty_ms));
  std::filesystem::remove_all(folder);
  return 0;
}
