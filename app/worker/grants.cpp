// The table of reachable paths. See the header.
#include "app/worker/grants.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace planguild {
namespace {

constexpr grant whole_usr[] = {{"/usr", access_kind::execute, true}};

// For who reads with the rights of root: not /usr/local/etc, /usr/etc, /usr/src and what else an administrator may have
// put below /usr for root alone. In the folders that are left, too, there may be such files, which the statement says.
constexpr grant parts_of_usr[] = {
    {"/usr/bin", access_kind::execute, true},         {"/usr/sbin", access_kind::execute, true},
    {"/usr/lib", access_kind::execute, true},         {"/usr/lib32", access_kind::execute, true},
    {"/usr/lib64", access_kind::execute, true},       {"/usr/libx32", access_kind::execute, true},
    {"/usr/libexec", access_kind::execute, true},     {"/usr/share", access_kind::execute, true},
    {"/usr/include", access_kind::execute, true},     {"/usr/local/bin", access_kind::execute, true},
    {"/usr/local/lib", access_kind::execute, true},   {"/usr/local/lib64", access_kind::execute, true},
    {"/usr/local/share", access_kind::execute, true},
};

constexpr grant system_paths[] = {
    {"/bin", access_kind::execute, true},
    {"/sbin", access_kind::execute, true},
    {"/lib", access_kind::execute, true},
    {"/lib32", access_kind::execute, true},
    {"/lib64", access_kind::execute, true},
    {"/libx32", access_kind::execute, true},
    {"/etc/ld.so.cache", access_kind::read, true},
    {"/etc/localtime", access_kind::read, true},
    {"/etc/alternatives", access_kind::read, true},
    {"/etc/ssl/openssl.cnf", access_kind::read, true},  // read by every program that links libcrypto
    {"/dev/null", access_kind::sink, true},
    {"/dev/zero", access_kind::device, true},
    {"/dev/random", access_kind::device, true},
    {"/dev/urandom", access_kind::device, true},
#if defined(PLANGUILD_STARTS_SANITIZED_PROGRAMS)
    {"/proc/self", access_kind::read, true},  // programs built with sanitizers read their own memory map
#endif
};

struct numbered_path {
  const char* format;
  unsigned first;
  unsigned last;
};

constexpr numbered_path numbered_paths[] = {
    {"/etc/python3.%u", 8, 24},       // sitecustomize.py, linked to from /usr/lib
    {"/etc/java-%u-openjdk", 8, 30},  // java.security and others, likewise
};

}  // namespace

bool grant_list::add(const char* path, access_kind access) {
  if (size_ >= granted_max) return false;
  grants_[size_++] = {path, access, false};
  return true;
}

void grant_list::add_system(bool reads_as_root) {
  static_assert(std::size(parts_of_usr) + std::size(system_paths) + numbered_max <= system_max);
  const auto add_known = [this](const auto& paths) {
    for (const grant& known : paths) grants_[size_++] = known;
  };
  if (reads_as_root) {
    add_known(parts_of_usr);
  } else {
    add_known(whole_usr);
  }
  add_known(system_paths);
  std::size_t used = 0;
  for (const numbered_path& path : numbered_paths) {
    for (unsigned number = path.first; number <= path.last && used < numbered_max; ++number) {
      char* text = numbered_[used];
      (void)std::snprintf(text, sizeof numbered_[used], path.format, number);
      if (access(text, F_OK) != 0) continue;
      grants_[size_++] = {text, access_kind::read, true};
      ++used;
    }
  }
}

void grant_list::sort() {
  std::sort(grants_.data(), grants_.data() + size_,
            [](const grant& left, const grant& right) { return std::strcmp(left.path, right.path) < 0; });
}

}  // namespace planguild
