// planguild-bench: how fast, how flat, how free of races. One subcommand for each question; prints a table, JSON or one
// self-contained HTML page. Main thread.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "benchmarks/benchmark.hpp"
#include "benchmarks/report_text.hpp"

namespace {

using planguild::bench::options;
using planguild::bench::report;

struct benchmark {
  const char* name;
  void (*run)(const options&, report&);
  const char* question;
};

constexpr std::pair<int, int> exit_codes{0, 1};

const std::vector<benchmark>& benchmarks() {
  using namespace planguild::bench;  // NOLINT(google-build-using-namespace)
  static const std::vector<benchmark> all{
      {"select", run_select, "What does a selection cost, against one mutex for all and against a shared lock?"},
      {"actor", run_actor_path, "What does a select message cost over a bare request and response?"},
      {"publish", run_publish, "What does a changed record among 100,000 cost, and whom does it hold up?"},
      {"acquire", run_acquire, "What do many acquires of one planner at once cost, and how often is it constructed?"},
      {"discover", run_discover, "What does discovery cost over the plain loop of system calls?"},
      {"spawn", run_spawn, "What does starting a planner process cost over a plain posix_spawn?"},
      {"queue", run_queue, "What does the completion queue cost over a locked queue and an eventfd?"},
      {"list", run_list, "What does `planguild list` cost over a CAF program that does nothing?"},
      {"idle", run_idle, "What does a runtime with 1,000 planners and no work cost?"},
      {"stress", run_stress, "Does anything break when everything happens at once? Exit code 1 if so."},
  };
  return all;
}

bool write_file(const std::string& path, const std::string& text) {
  const auto beside = path + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << text;
    if (!file.flush()) return false;
  }
  return std::rename(beside.c_str(), path.c_str()) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Benchmarks of planguild. Ratios are of one run; absolute times are of this machine, now."};
  options wanted;
  wanted.seed = std::random_device{}();
  bool json = false;
  bool quiet = false;
  std::string html_file;
  app.add_flag("--smoke", wanted.smoke, "Small and short: shows that it works");
  app.add_flag("--json", json, "Print JSON instead of tables");
  app.add_flag("--quiet", quiet, "No progress on stderr");
  app.add_option("--html", html_file, "Also write one HTML page with the curves")->type_name("FILE");
  app.add_option("--seed", wanted.seed, "Of everything random (default: a new one, printed)");
  app.add_option("--repeats", wanted.repeats, "Medians are over so many (default 5)")->check(CLI::Range(1, 99));
  app.add_option("--seconds", wanted.seconds, "How long stress runs, or each timed measurement")
      ->check(CLI::Range(0.0, 86'400.0));
  app.add_option("--threads", wanted.threads, "Host threads of stress")->check(CLI::Range(1, 256));
  app.require_subcommand(0);
  app.fallthrough();
  for (const auto& each : benchmarks()) app.add_subcommand(each.name, each.question);
  app.footer(
      "Without a subcommand all but `stress` run. Exit codes: 0 nothing is wrong, 1 a breach, 2 usage, 3 internal.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? 0 : 2;
  }
  wanted.progress = !quiet;
  report found;
  std::vector<std::string> ran;
  for (const auto& each : benchmarks()) {
    const bool asked = app.got_subcommand(each.name);
    const bool all = app.get_subcommands().empty() && std::string{each.name} != "stress";
    if (!asked && !all) continue;
    planguild::bench::say(wanted, std::string{"== "} + each.name + ": " + each.question);
    each.run(wanted, found);
    ran.emplace_back(each.name);
  }
  const auto about = planguild::bench::about_this_run(wanted, ran);
  std::cout << (json ? planguild::bench::as_json(found, about) : planguild::bench::as_text(found, about));
  if (!html_file.empty() && !write_file(html_file, planguild::bench::as_html(found, about))) {
    std::cerr << "planguild-bench: " << html_file << " could not be written\n";
    return 2;
  }
  return found.breaches.empty() ? exit_codes.first : exit_codes.second;
}
