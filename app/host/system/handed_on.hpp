// Descriptors that a worker gets beyond the standard three: their numbers, and the sealed memory behind them. Any
// thread; state-free.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>

#include "app/host/system/descriptor.hpp"

namespace planguild {

/// Under these numbers the worker finds them; the host's own copies lie above handed_on_max, so that no dup2 onto one
/// hits another.
inline constexpr int filter_number = 3;
inline constexpr int library_number = 4;
inline constexpr int handed_on_max = 9;

/// A memory file (close-on-exec) that can be sealed and, where the kernel knows how, never executed as a program (it
/// can be loaded as a library all the same). Without a number, with errno set, if there is none. `name` shows in /proc.
inline descriptor empty_memory(const char* name) noexcept {
  constexpr unsigned no_execution = 8;  // MFD_NOEXEC_SEAL, Linux 6.3; some systems demand it
  constexpr unsigned wanted = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int number = ::memfd_create(name, wanted | no_execution);
  if (number < 0) number = ::memfd_create(name, wanted);
  return descriptor(number);
}

/// From now on nobody changes its bytes, whoever holds or reopens it. False with errno set.
inline bool seal_memory(const descriptor& memory) noexcept {
  return ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

}  // namespace planguild
