// Question: what does discovery cost over the plain loop of system calls that it cannot do without?
// Makes a tree of planners (one manifest and one program each) in a temporary folder, then, several times in turn, runs
// (a) readdir + stat of every file against a scan that finds nothing changed, and (b) readdir + stat + read of every
// file and a parse of every manifest against a forced scan. Prints medians and their ratio. `--smoke`: a small tree.
// One thread.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/discovery/scan.hpp"
#include "app/host/system/files.hpp"

namespace {

using clock_type = std::chrono::steady_clock;
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

template <class Work>
double seconds(Work work) {
  const auto start = clock_type::now();
  work();
  return std::chrono::duration<double>(clock_type::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const bool smoke = argc > 1 && std::string(argv[1]) == "--smoke";
  const int planners = smoke ? 200 : 10'000;
  const int rounds = smoke ? 3 : 15;
  std::string root = (std::filesystem::temp_directory_path() / "planguild_discover_XXXXXX").string();
  if (::mkdtemp(root.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  make_tree(root, planners);

  const auto files = planguild::make_file_source();
  planguild::config settings;
  settings.allowed_planners = {"*"};
  settings.planner_path = {root};
  planguild::scanner scan(settings, *files, {}, "benchmark");
  std::string buffer;
  std::uint64_t checksum = 0;
  bool right = scan.run(false).planners.size() == static_cast<std::size_t>(planners);
  std::vector<double> plain_stat, unchanged, plain_read, forced;
  for (int round = 0; round < rounds; ++round) {
    plain_stat.push_back(seconds([&] { checksum += plain_loop(root, false, buffer); }));
    unchanged.push_back(seconds([&] { right = scan.run(false).unchanged && right; }));
    plain_read.push_back(seconds([&] { checksum += plain_loop(root, true, buffer); }));
    forced.push_back(seconds([&] {
      const auto result = scan.run(true);
      right = result.failures.empty() && result.planners.size() == static_cast<std::size_t>(planners) && right;
      checksum += result.planners.empty() ? 0 : static_cast<std::uint64_t>(result.planners.back().digest[0]);
    }));
  }
  std::error_code ignored;
  std::filesystem::remove_all(root, ignored);

  std::printf("discover: %d manifests and %d programs, %d rounds in turn, medians\n", planners, planners, rounds);
  const auto row = [](const char* name, double plain, double ours) {
    std::printf("  %-10s plain loop %8.2f ms   scan %8.2f ms   ratio %.2f\n", name, plain * 1e3, ours * 1e3,
                ours / plain);
  };
  row("unchanged", median(plain_stat), median(unchanged));
  row("forced", median(plain_read), median(forced));
  std::printf("  checksum %llu\n", static_cast<unsigned long long>(checksum));
  if (!right) std::printf("  WRONG: a scan did not find what was made\n");
  return right ? 0 : 1;
}
