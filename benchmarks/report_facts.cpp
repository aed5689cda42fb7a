// What a report says of the machine and the run. See report_text.hpp. Main thread.
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "benchmarks/report_text.hpp"

namespace planguild::bench {
namespace {

/// The value of the first line of /proc/cpuinfo that names a processor; architectures call it differently.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    for (const char* key : {"model name", "Model", "cpu model", "uarch"}) {
      const auto colon = line.find(": ");
      if (line.starts_with(key) && colon != std::string::npos) return line.substr(colon + 2);
    }
  }
  return "unknown";
}

std::string load() {
  std::array<double, 1> average{};
  if (::getloadavg(average.data(), 1) != 1) return "unknown";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f over the last minute", average[0]);
  return text.data();
}

std::string system_name() {
  utsname name{};
  if (::uname(&name) != 0) return "unknown";
  return std::string(name.sysname) + " " + name.release + " " + name.machine;
}

std::string date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts);
  return text.data();
}

std::string compiler() {
#if defined(__clang__)
  const std::string name = "clang ";
#else
  const std::string name = "gcc ";
#endif
  return name + __VERSION__ + ", " PLANGUILD_BENCH_FLAGS;
}

}  // namespace

facts about_this_run(const options& wanted, const std::vector<std::string>& benchmarks) {
  std::string command = "planguild-bench";
  if (wanted.smoke) command += " --smoke";
  command += " --seed " + std::to_string(wanted.seed) + " --repeats " + std::to_string(wanted.repeats);
  if (wanted.seconds > 0) command += " --seconds " + std::to_string(std::llround(wanted.seconds));
  if (wanted.threads > 0) command += " --threads " + std::to_string(wanted.threads);
  if (wanted.accounts_percent != options{}.accounts_percent) {
    command += " --accounts " + std::to_string(std::llround(wanted.accounts_percent));
  }
  for (const auto& name : benchmarks) command += " " + name;
  return {{"date", date()},
          {"processor", processor()},
          {"cores", std::to_string(::sysconf(_SC_NPROCESSORS_ONLN))},
          {"load", load()},
          {"system", system_name()},
          {"compiler", compiler()},
          {"planguild", PLANGUILD_BENCH_VERSION},
          {"CAF", PLANGUILD_BENCH_CAF_VERSION},
          {"seed", std::to_string(wanted.seed)},
          {"repeats", std::to_string(wanted.repeats)},
          {"command", command}};
}

}  // namespace planguild::bench
