// The arguments of planguild-worker, read into fixed tables; layers.hpp says what each means. Pure, one thread.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "app/worker/grants.hpp"
#include "app/worker/statement.hpp"

namespace planguild {

struct worker_arguments {
  static constexpr std::size_t ports_max = 64;
  static constexpr std::size_t kept_max = 16;  // descriptors

  long parent = 0;
  const char* directory = nullptr;
  char** command = nullptr;
  grant_list grants;
  std::array<std::uint16_t, ports_max> ports{};
  std::size_t port_count = 0;
  std::array<int, kept_max> kept{};
  std::size_t kept_count = 0;
  uid_t uid = 0;  // 0: none given
  bool read_as_root = false;
  bool writes_files = false;
  bool stays_undumpable = false;
  int filter = -1;                 // a descriptor; -1: none given
  std::uint64_t memory_bytes = 0;  // 0: no limit
  std::uint64_t cpu_s = 0;         // 0: no limit
  std::uint64_t processes = 0;     // 0: no limit
  unsigned landlock_abi_max = ~0U;
};

/// Reads the command line into `given` (zeroed static storage: it is large) and marks in `layers` those that are asked
/// for. Ends the process with worker_exit::usage for anything unknown, missing, out of range or too much, and with
/// worker_exit::arguments for a path that is not absolute.
void read_arguments(int argc, char** argv, worker_arguments& given, layer_statement& layers);

}  // namespace planguild
