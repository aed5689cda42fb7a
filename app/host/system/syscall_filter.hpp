// The system call filters around planners' processes: finished programs (struct sock_filter), compiled with libseccomp
// once per host process and variant, because compiling takes longer than everything else in a start. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "app/host/system/descriptor.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// What decides which calls are allowed.
struct filter_variant {
  entry_kind kind = entry_kind::command;  // of a library: a violation traps, so that the call can be named
  bool writes = false;                    // there is a write grant: Landlock decides where
  bool network = false;                   // there is a TCP grant: Landlock decides which port
  bool operator==(const filter_variant&) const = default;
};

struct syscall_filter {
  descriptor program;  // a sealed memfd of struct sock_filter; read it by position, its offset is shared
  std::uint64_t instructions = 0;
  std::string error;  // not empty: there is no filter, and why (an architecture that libseccomp does not know)
};

/// The filters that were compiled. Any thread: whoever asks first for a variant compiles it (about 2 ms), and who asks
/// for the same meanwhile waits. One that could not be made (no descriptor, no memory) is tried again by who asks next.
class filter_cache {
 public:
  /// Never null. An argument that must be the process's own id is compared with worker_layers::own_process_id.
  std::shared_ptr<const syscall_filter> of(const filter_variant& variant);

 private:
  struct kept_filter {
    std::mutex mutex;
    std::shared_ptr<const syscall_filter> filter;
  };
  std::array<kept_filter, 8> kept_;  // of each variant
};

/// From the cache of this process, kept until it ends.
std::shared_ptr<const syscall_filter> filter_of(const filter_variant& variant);

}  // namespace planguild
