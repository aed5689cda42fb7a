// See the header.
#include "benchmarks/measure.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace planguild::bench {

int rounds_of(const options& wanted, int at_default) {
  constexpr int default_repeats = options{}.repeats;
  return wanted.smoke ? 2 : std::max(1, at_default * wanted.repeats / default_repeats);
}

std::string medians_of(int rounds) {
  return "medians of " + std::to_string(rounds);
}

temporary_folder::temporary_folder() {
  std::error_code problem;
  auto pattern = (std::filesystem::temp_directory_path(problem) / "planguild_bench_XXXXXX").string();
  if (!problem && ::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
}

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::string program_folder() {
  const char* given = std::getenv("PLANGUILD_BINARY_DIR");
  if (given != nullptr && *given != '\0') return given;
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  return problem ? "." : self.parent_path().string();
}

std::map<pid_t, thread_facts> threads_of_this_process() {
  std::map<pid_t, thread_facts> found;
  DIR* directory = ::opendir("/proc/self/task");
  if (directory == nullptr) return found;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string task = entry->d_name;
    if (task.starts_with(".")) continue;
    const std::string folder = "/proc/self/task/" + task;
    auto& facts = found[static_cast<pid_t>(std::atoi(task.c_str()))];
    std::ifstream names(folder + "/comm");
    std::getline(names, facts.name);
    std::ifstream status(folder + "/status");
    for (std::string line; std::getline(status, line);) {
      const auto at = line.find("ctxt_switches:");
      if (at != std::string::npos) facts.switches += std::strtoull(line.c_str() + at + 14, nullptr, 10);
    }
    double on_cpu_ns = 0;
    std::ifstream schedule(folder + "/schedstat");
    if (schedule >> on_cpu_ns) facts.cpu_s = on_cpu_ns / 1e9;
  }
  ::closedir(directory);
  return found;
}

std::uint64_t wake_ups_between(const std::map<pid_t, thread_facts>& before,
                               const std::map<pid_t, thread_facts>& after) {
  std::uint64_t count = 0;
  for (const auto& [task, now] : after) {
    if (task == ::gettid()) continue;
    const auto known = before.find(task);
    count += now.switches - (known != before.end() ? known->second.switches : 0);
  }
  return count;
}

}  // namespace planguild::bench
