// What several benchmarks measure with: elapsed time, a folder that goes away, the threads of this process. Main thread
// unless said otherwise.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <string>

#include "benchmarks/benchmark.hpp"

namespace planguild::bench {

/// How long `work()` takes, in seconds. Any thread.
template <class Work>
double seconds_of(Work work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// How many rounds a quick measurement takes its median over: `at_default` where nothing was asked for, proportionally
/// more or fewer with --repeats, two in a smoke run. At least 1.
int rounds_of(const options& wanted, int at_default);
/// "medians of 15".
std::string medians_of(int rounds);

/// A new empty folder under the system's temporary one; removed with everything in it at the end. `path()` is empty if
/// it could not be made.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// Where the programs of this build are: PLANGUILD_BINARY_DIR, else this program's own folder.
std::string program_folder();

struct thread_facts {
  std::string name;            // as the kernel knows it; a thread that nobody named has that of its maker
  std::uint64_t switches = 0;  // how often it went to sleep or was put aside so far
  double cpu_s = std::numeric_limits<double>::quiet_NaN();  // so far; no number where the kernel does not tell
};
/// The threads of this process, by id. The calling one is among them.
std::map<pid_t, thread_facts> threads_of_this_process();

/// How often the threads other than the calling one woke between two looks. A thread that has ended counts nothing.
std::uint64_t wake_ups_between(const std::map<pid_t, thread_facts>& before, const std::map<pid_t, thread_facts>& after);

}  // namespace planguild::bench
