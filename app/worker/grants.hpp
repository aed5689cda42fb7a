// The paths that a planner may reach: those that the host grants, and the system's own, without which no interpreter or
// dynamically linked program starts. Landlock makes rules of them, the mount namespace binds or links them. Plain
// values in a fixed table; one thread.
#pragma once

#include <array>
#include <cstddef>

namespace planguild {

enum class access_kind : unsigned char {
  read,
  execute,  // and read
  write,    // and read, make and remove
  device,   // a device to read from
  sink,     // a device to read from and write to
};

struct grant {
  const char* path = nullptr;  // absolute
  access_kind access = access_kind::read;
  bool system = false;  // one of the system's: nothing is said if it is missing or refused
};

class grant_list {
 public:
  static constexpr std::size_t granted_max = 512;  // by the host
  static constexpr std::size_t system_max = 64;

  /// False if there is no room left.
  bool add(const char* path, access_kind access);

  /// Adds the paths of the system, most of them whether they exist or not: the programs and libraries below /usr, what
  /// the dynamic linker and the C library read in /etc, the configuration of interpreters that keep it in /etc, and the
  /// devices that hold nothing. Nothing that is private to a user or a machine is among them; for a planner that
  /// `reads_as_root`, of /usr only the folders of programs, libraries and their data.
  void add_system(bool reads_as_root);

  /// Orders by path, so that a folder comes before what is in it.
  void sort();

  [[nodiscard]] const grant* begin() const { return grants_.data(); }
  [[nodiscard]] const grant* end() const { return grants_.data() + size_; }

 private:
  static constexpr std::size_t numbered_max = 16;  // folders in /etc with a version in their name

  std::array<grant, granted_max + system_max> grants_{};
  std::size_t size_ = 0;
  char numbered_[numbered_max][32] = {};
};

}  // namespace planguild
