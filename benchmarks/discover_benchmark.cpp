// Question: what does discovery cost over the plain loop of system calls that it cannot do without?
// Makes trees of planners (one manifest and one program each) in a temporary folder, then, several times in turn, runs
// (a) readdir + stat of every file against a scan that finds nothing changed, and (b) readdir + stat + read of every
// file and a parse of every manifest against the first scan of all and a forced one, which reads all again and parses
// what differs, until the result is there: what becomes of it is not discovery's. Medians and their ratios. Main
// thread.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/discovery/scan.hpp"
#include "app/host/system/files.hpp"
#include "benchmarks/measure.hpp"

namespace planguild::bench {
namespace {

constexpr int planners_per_folder = 100;

std::string manifest_text(const std::string& name) {
  return R"({
  "name": ")" +
         name + R"(",
  "version": "1.0.0",
  "description": "Finds import cycles, layer breaks and oversized files, and says where to cut them.",
  "capabilities": ["structural", "refactor", "deep_index"],
  "tags": ["imports", "layers"],
  "tier": "stable",
  "production_ready": true,
  "risk_rating": "low",
  "self_test": true,
  "timeout_s": 40,
  "permissions": {"network": [], "read": ["data"], "write": []},
  "entry": {"kind": "command", "argv": ["./)" +
         name + R"(", "--protocol"]}
}
)";
}

void make_tree(const std::string& root, int planners) {
  for (int index = 0; index < planners; ++index) {
    const std::string folder = root + "/folder" + std::to_string(index / planners_per_folder);
    std::filesystem::create_directories(folder);
    const std::string name = "planner_" + std::to_string(index);
    std::ofstream(folder + "/" + name + ".planner.json") << manifest_text(name);
    std::ofstream(folder + "/" + name) << "#!/bin/sh\nexec planner --name " << name << '\n';
    std::filesystem::permissions(folder + "/" + name, std::filesystem::perms::owner_all);
  }
}

/// The plain loop: what any discovery must do. Returns something that depends on everything it saw.
std::uint64_t plain_loop(const std::string& folder, bool read_too, std::string& buffer) {
  std::uint64_t sum = 0;
  DIR* directory = ::opendir(folder.c_str());
  if (directory == nullptr) return 0;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = folder + "/" + name;
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) continue;
    if (S_ISDIR(facts.st_mode)) {
      sum += plain_loop(path, read_too, buffer);
      continue;
    }
    sum += static_cast<std::uint64_t>(facts.st_size) + facts.st_ino;
    if (!read_too) continue;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) continue;
    buffer.resize(static_cast<std::size_t>(facts.st_size));
    const auto got = ::read(file, buffer.data(), buffer.size());
    ::close(file);
    if (got > 0) sum += static_cast<unsigned char>(buffer[static_cast<std::size_t>(got) / 2]);
    if (name.ends_with(".planner.json")) sum += nlohmann::json::parse(buffer).size();
  }
  ::closedir(directory);
  return sum;
}

/// Seconds of each round, by way.
struct rounds_taken {
  std::vector<double> plain_stat;
  std::vector<double> unchanged;
  std::vector<double> plain_read;
  std::vector<double> first;
  std::vector<double> forced;
  bool right = false;          // every scan found what was made
  std::uint64_t checksum = 0;  // so that nothing of the plain loops can be left out
};

rounds_taken run_rounds(const std::string& root, int planners, int rounds) {
  const auto files = make_file_source();
  config settings;
  settings.allowed_planners = {"*"};
  settings.planner_path = {root};
  scanner scan(settings, *files, {}, "benchmark");
  const auto wanted = static_cast<std::size_t>(planners);
  std::string buffer;
  rounds_taken taken;
  taken.right = scan.run(false).planners.size() == wanted;
  for (int round = 0; round < rounds; ++round) {
    taken.plain_stat.push_back(seconds_of([&] { taken.checksum += plain_loop(root, false, buffer); }));
    taken.unchanged.push_back(seconds_of([&] { taken.right = scan.run(false).unchanged && taken.right; }));
    taken.plain_read.push_back(seconds_of([&] { taken.checksum += plain_loop(root, true, buffer); }));
    scanner fresh(settings, *files, {}, "benchmark");
    discovery_result result;
    taken.first.push_back(seconds_of([&] { result = fresh.run(false); }));
    taken.right = result.planners.size() == wanted && taken.right;
    result = {};
    taken.forced.push_back(seconds_of([&] { result = scan.run(true); }));
    taken.right = result.failures.empty() && result.planners.size() == wanted && taken.right;
  }
  return taken;
}

}  // namespace

void run_discover(const options& wanted, report& into) {
  const int rounds = rounds_of(wanted, 15);
  table shown;
  shown.title = "Discovery of manifests and as many programs (" + medians_of(rounds) + ")";
  shown.columns = {"way", "manifests", "time", "each", "over the plain loop"};
  shown.charts = {{"Discovery against the plain loops of system calls", 0, 1, 2, "manifests", "time of one run"}};
  std::string ratios;
  for (const int planners : wanted.smoke ? std::vector<int>{20, 100} : std::vector<int>{100, 1'000, 10'000}) {
    const temporary_folder root;
    if (root.path().empty()) {
      into.breaches.emplace_back("discover: no temporary folder could be made");
      return;
    }
    make_tree(root.path(), planners);
    say(wanted, "discover: " + std::to_string(planners) + " manifests");
    const auto taken = run_rounds(root.path(), planners, rounds);
    if (!taken.right || taken.checksum == 0) into.breaches.emplace_back("discover: a scan did not find what was made");
    const auto row = [&](const char* way, const std::vector<double>& seconds, const std::vector<double>* plain) {
      const double each = median(seconds);
      shown.rows.push_back({way, count_cell(planners), duration_cell(each), duration_cell(each / planners),
                            plain == nullptr ? table::cell("") : ratio_cell(each / median(*plain))});
    };
    row("readdir, stat", taken.plain_stat, nullptr);
    row("scan, unchanged", taken.unchanged, &taken.plain_stat);
    row("readdir, stat, read, parse", taken.plain_read, nullptr);
    row("scan, the first", taken.first, &taken.plain_read);
    row("scan, forced", taken.forced, &taken.plain_read);
    ratios = "Discovery of " + count_cell(planners).text + " unchanged manifests takes " +
             ratio_cell(median(taken.unchanged) / median(taken.plain_stat)).text +
             " the time of readdir and stat; the first time they take " +
             ratio_cell(median(taken.first) / median(taken.plain_read)).text + ", forced again " +
             ratio_cell(median(taken.forced) / median(taken.plain_read)).text +
             " that of reading every file and parsing every manifest.";
  }
  into.findings.push_back(ratios);
  into.tables.push_back(std::move(shown));
}

}  // namespace planguild::bench
