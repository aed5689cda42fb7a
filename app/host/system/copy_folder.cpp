// The private folder for copies of planners' files. See the header.
#include "app/host/system/copy_folder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "app/host/system/system_reason.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

// The folder of a host, that of a set of copies, and those in which a file may lie.
constexpr int tree_depth_max = static_cast<int>(limits::planner_folder_depth_max) + 3;
constexpr int leftovers_max = 1'000;  // looked at in one go

struct close_listing {
  void operator()(DIR* listing) const noexcept { ::closedir(listing); }
};
using listing_pointer = std::unique_ptr<DIR, close_listing>;

int open_folder(int parent, const char* name) {
  return ::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void remove_below(int parent, const char* name, int depth) {
  if (const int opened = depth < tree_depth_max ? open_folder(parent, name) : -1; opened >= 0) {
    (void)::fchmod(opened, 0700);  // nothing can be removed from a folder of finished copies
    const listing_pointer listing(::fdopendir(opened));
    if (!listing) ::close(opened);
    while (const dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {  // NOLINT(concurrency-mt-unsafe)
      const char* inner = entry->d_name;
      if (std::strcmp(inner, ".") == 0 || std::strcmp(inner, "..") == 0) continue;
      if (::unlinkat(opened, inner, 0) != 0) remove_below(opened, inner, depth + 1);
    }
  }
  (void)::unlinkat(parent, name, AT_REMOVEDIR);
}

/// Whether everybody may enter `place` and every folder above it.
bool reached_by_all(const std::string& place) {
  for (std::size_t slash = 0;; slash = place.find('/', slash + 1)) {
    struct stat facts {};
    const std::string folder = slash == 0 ? "/" : place.substr(0, slash);
    if (::stat(folder.c_str(), &facts) != 0 || (facts.st_mode & S_IXOTH) == 0) return false;
    if (slash == std::string::npos) return true;
  }
}

std::string why_unfit(const std::string& place, bool for_other_users) {
  struct statvfs facts {};
  if (::statvfs(place.c_str(), &facts) != 0) return system_reason();
  if ((facts.f_flag & ST_NOEXEC) != 0) return "programs cannot be run from there (mounted noexec)";
  if (for_other_users && !reached_by_all(place)) return "other users cannot reach it";
  return {};
}

std::string name_prefix() {
  return "planguild-" + std::to_string(::geteuid()) + "-";
}

/// Removes the folders of hosts that are gone: ours by name and owner, and locked by nobody.
void sweep(const std::string& place) {
  const listing_pointer listing(::opendir(place.c_str()));
  if (!listing) return;
  const std::string prefix = name_prefix();
  const int parent = ::dirfd(listing.get());
  int looked_at = 0;
  while (const dirent* entry = ::readdir(listing.get())) {  // NOLINT(concurrency-mt-unsafe): own stream
    if (!std::string_view(entry->d_name).starts_with(prefix)) continue;
    if (++looked_at > leftovers_max) return;
    const descriptor folder(open_folder(parent, entry->d_name));
    struct stat facts {};
    if (!folder || ::fstat(folder.get(), &facts) != 0 || facts.st_uid != ::geteuid()) continue;
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) continue;
    remove_below(parent, entry->d_name, 0);
  }
}

}  // namespace

std::vector<std::string> copy_folder_places() {
  std::vector<std::string> places;
  for (const char* name : {"XDG_RUNTIME_DIR", "TMPDIR"}) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the declaration
    if (value != nullptr && *value == '/') places.emplace_back(value);
  }
  places.insert(places.end(), {"/tmp", "/var/tmp", "/dev/shm"});
  return places;
}

copy_folder::copy_folder(const std::vector<std::string>& places, bool for_other_users) {
  for (const std::string& place : places) {
    std::string reason = why_unfit(place, for_other_users);
    if (reason.empty() && make_in(place, for_other_users, reason)) {
      error_.clear();
      return;
    }
    error_.append(error_.empty() ? "there is no place for copies of planners' files: " : "; ");
    error_.append(place).append(": ").append(reason);
  }
  error_.append(". Set TMPDIR to a folder that fits");
}

copy_folder::~copy_folder() {
  if (!path_.empty()) remove_tree(path_);
}

bool copy_folder::make_in(const std::string& place, bool for_other_users, std::string& reason) {
  // A host that sweeps at this moment may lock the new folder first, and remove it: then another is made.
  for (int attempt = 0; attempt < 10; ++attempt) {
    std::string made = place + "/" + name_prefix() + "XXXXXX";
    if (::mkdtemp(made.data()) == nullptr) break;
    descriptor folder(open_folder(AT_FDCWD, made.c_str()));
    struct stat facts {};
    if (!folder || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0 || ::fstat(folder.get(), &facts) != 0 ||
        facts.st_nlink == 0 || ::access(made.c_str(), F_OK) != 0) {
      continue;
    }
    path_ = std::move(made);
    lock_ = std::move(folder);
    if (::fchmod(lock_.get(), for_other_users ? 0711 : 0700) != 0 || !lock_.move_above_standard()) break;
    sweep(place);
    return true;
  }
  reason = system_reason();
  if (!path_.empty()) remove_tree(path_);
  path_.clear();
  return false;
}

bool copy_folder::is_there() const {
  return !path_.empty() && ::access(path_.c_str(), F_OK) == 0;
}

std::string copy_folder::make_folder() {
  std::string made = path_ + "/XXXXXX";
  return ::mkdtemp(made.data()) == nullptr ? std::string() : made;
}

void remove_tree(const std::string& path) {
  remove_below(AT_FDCWD, path.c_str(), 0);
}

}  // namespace planguild
