// Question: what does starting a planner process in its sandbox cost over starting the same programs plainly?
// Starts one planner of each kind and shakes hands, in turn by posix_spawn without any layer, and through the process
// runner with the sandbox off, with the layers that are put on within the process, with all that is the default, and
// with a root of its own in place of Landlock. Then asks each a second time. Medians, and ratios to the plain start.
// Main thread; the runners have their own.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/discovery/signature.hpp"
#include "app/host/system/processes.hpp"
#include "app/host/system/system.hpp"
#include "app/worker/layers.hpp"
#include "benchmarks/measure.hpp"
#include "benchmarks/started_planner.hpp"

namespace planguild::bench {
namespace {

const std::string handshake = R"({"jsonrpc":"2.0","id":"1","method":"initialize","params":{"protocol":1}})";
// What isolation may cost over the plain start of the same programs; the report says whether it does.
constexpr double within_process_ratio_max = 1.4;
constexpr double default_ratio_max = 2;

/// One way to start a planner, and what came of it.
struct way {
  std::string name;
  plain_start plain;                       // if there is no runner
  std::shared_ptr<process_runner> runner;  // else
  process_command command;
  sandbox_posture posture;
  std::vector<double> start_s;
  std::vector<double> request_s;

  std::unique_ptr<started_planner> start() {
    return runner == nullptr ? start_plainly(plain) : start_in_runner(*runner, command, posture);
  }
  /// Starts, shakes hands, asks once more, and ends it; only the first three are measured.
  bool measure() {
    std::unique_ptr<started_planner> child;
    bool answered = false;
    start_s.push_back(seconds_of([&] {
      child = start();
      answered = child->ask(handshake);
    }));
    request_s.push_back(seconds_of([&] { answered = answered && child->ask(handshake); }));
    return answered && child->end();
  }
  void forget() {
    start_s.clear();
    request_s.clear();
  }
};

/// The ways in which one planner is started, in the order of the report. The first is what the others are compared
/// with; which ones the targets are about is told by their places.
struct planner_ways {
  std::string planner;
  std::vector<way> ways;
  std::size_t within_process = 0;
  std::size_t by_default = 0;
};

way in_runner(const std::string& name, const process_command& command, sandbox_mode mode,
              std::vector<std::string> left_out) {
  way made;
  made.name = name;
  made.command = command;
  made.command.policy.mode = mode;
  made.runner = make_process_runner({find_launcher(), {}, {std::nullopt, std::move(left_out)}});
  return made;
}

void add_runners(planner_ways& into, const process_command& command) {
  using namespace worker_layers;
  const std::vector<std::string> namespaces{std::string{user_namespace}, std::string{mount_namespace},
                                            std::string{pid_namespace}, std::string{network_namespace},
                                            std::string{ipc_namespace}};
  into.ways.push_back(in_runner("runner, sandbox off", command, sandbox_mode::off, {}));
  into.within_process = into.ways.size();
  into.ways.push_back(in_runner("runner, all layers but namespaces", command, sandbox_mode::best, namespaces));
  into.by_default = into.ways.size();
  into.ways.push_back(in_runner("runner, all layers", command, sandbox_mode::best, {}));
  into.ways.push_back(
      in_runner("runner, its own root for Landlock", command, sandbox_mode::best, {std::string{landlock}}));
}

std::string digest_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  sha256 hash;
  hash.update(std::string{std::istreambuf_iterator<char>{file}, {}});
  return hash.hex();
}

process_command command_of(entry_kind kind, const std::string& planner, const std::string& folder,
                           const std::string& file) {
  process_command command;
  command.planner = planner;
  command.kind = kind;
  command.directory = folder;
  command.files = {file};
  command.files_sha256 = digest_of(folder + "/" + file);  // without it the copies would be made for every start
  command.environment = {"PATH=/usr/bin:/bin"};
  if (kind == entry_kind::library) {
    command.library = file;
  } else {
    command.argv = {folder + "/" + file};
  }
  return command;
}

std::vector<std::string> worker_without_layers(const std::string& folder) {
  return {find_launcher(), "--parent", std::to_string(::getpid()), "--directory", folder};
}

planner_ways ways_of_program() {
  planner_ways made;
  made.planner = "structural_planner";
  const auto folder = program_folder() + "/planners";
  auto argv = worker_without_layers(folder);
  argv.insert(argv.end(), {"--", folder + "/" + made.planner});
  made.ways.push_back({"posix_spawn, no layer", {argv, true, -1}, {}, {}, {}, {}, {}});
  made.ways.push_back(
      {"posix_spawn, without the worker", {{folder + "/" + made.planner}, false, -1}, {}, {}, {}, {}, {}});
  add_runners(made, command_of(entry_kind::command, made.planner, folder, made.planner));
  return made;
}

planner_ways ways_of_library(int library) {
  planner_ways made;
  made.planner = "benchmark_native_planner";
  const auto folder = program_folder();
  auto argv = worker_without_layers(folder);
  const auto number = std::to_string(library_number);
  argv.insert(argv.end(), {"--keep", number, "--", folder + "/planguild-library-worker", "--library", number, "--name",
                           made.planner});
  made.ways.push_back({"posix_spawn, no layer", {argv, true, library}, {}, {}, {}, {}, {}});
  add_runners(made, command_of(entry_kind::library, made.planner, folder, made.planner + ".so"));
  return made;
}

/// The file's bytes, sealed in memory, under a number above those that children get; -1 if that fails.
int sealed_copy(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int memory = ::memfd_create("benchmark", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  const off_t size = file < 0 ? 0 : ::lseek(file, 0, SEEK_END);
  bool copied = file >= 0 && memory >= 0 && size > 0 && ::lseek(file, 0, SEEK_SET) == 0;
  std::vector<char> bytes(static_cast<std::size_t>(size));
  copied = copied && ::read(file, bytes.data(), bytes.size()) == size &&
           ::write(memory, bytes.data(), bytes.size()) == size &&
           ::fcntl(memory, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
  constexpr int above = 64;
  const int result = copied ? ::fcntl(memory, F_DUPFD_CLOEXEC, above) : -1;
  if (file >= 0) ::close(file);
  if (memory >= 0) ::close(memory);
  return result;
}

/// "landlock, seccomp": what is active.
std::string active_layers(const sandbox_posture& posture) {
  std::string text;
  for (const auto& layer : posture.layers) {
    if (layer.state == layer_state::active) text += (text.empty() ? "" : ", ") + layer.name;
  }
  return text.empty() ? "none" : text;
}

void measure_all(const options& wanted, planner_ways& all, report& into) {
  const int rounds = rounds_of(wanted, 50);
  for (auto& each : all.ways) {
    // The first start makes the runner's threads and copies, and brings the programs into memory.
    if (!each.measure()) {
      into.breaches.push_back("spawn: " + all.planner +
                              " could not be started, or did not answer, or did not end: " + each.name);
      return;
    }
    each.forget();
  }
  for (int round = 0; round < rounds; ++round) {
    for (auto& each : all.ways) {
      if (each.measure()) continue;
      into.breaches.push_back("spawn: " + all.planner + " failed in round " + std::to_string(round) + ": " + each.name);
      return;
    }
  }
  const auto plain_s = median(all.ways.front().start_s);
  table shown;
  shown.title = "Start to handshake of " + all.planner + ", and a second request (" + medians_of(rounds) + ")";
  shown.columns = {"way", "start to handshake", "over the plain start", "a second request", "layers that are on"};
  for (const auto& each : all.ways) {
    shown.rows.push_back({each.name, duration_cell(median(each.start_s)), ratio_cell(median(each.start_s) / plain_s),
                          duration_cell(median(each.request_s)), active_layers(each.posture)});
  }
  into.tables.push_back(std::move(shown));
  const auto& within = all.ways[all.within_process];
  const auto& by_default = all.ways[all.by_default];
  into.findings.push_back(
      "Starting " + all.planner + " in its sandbox takes " + ratio_cell(median(within.start_s) / plain_s).text +
      " the time of a plain start without namespaces (wanted: at most " + ratio_cell(within_process_ratio_max).text +
      "), " + ratio_cell(median(by_default.start_s) / plain_s).text + " with them (wanted: at most " +
      ratio_cell(default_ratio_max).text + "); a second request needs no start and takes " +
      ratio_cell(median(by_default.request_s) / median(by_default.start_s)).text + " the time of the first.");
}

}  // namespace

void run_spawn(const options& wanted, report& into) {
  auto programs = ways_of_program();
  measure_all(wanted, programs, into);
  const auto path = program_folder() + "/benchmark_native_planner.so";
  const int library = sealed_copy(path);
  if (library < 0) {
    into.breaches.push_back("spawn: " + path + " could not be copied into memory");
    return;
  }
  auto libraries = ways_of_library(library);
  measure_all(wanted, libraries, into);
  ::close(library);
}

}  // namespace planguild::bench
