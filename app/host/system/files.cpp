// The real file_source on plain system calls: one for a `stat`, a few for reading a file. Any thread.
#include "app/host/system/files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "app/host/system/descriptor.hpp"
#include "app/host/system/open_below.hpp"
#include "app/host/system/system_reason.hpp"

namespace planguild {
namespace {

failure system_failure(std::string_view doing, const std::string& path, int error) {
  const bool nothing_there = error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
  return make_failure(nothing_there ? failure_code::not_found : failure_code::load_failed,
                      std::string(doing) + ": " + system_reason(error), {}, path);
}

/// A path with NUL would be cut by the system and name something else.
bool has_nul(const std::string& path) {
  return path.find('\0') != std::string::npos;
}

failure nul_failure(const std::string& path) {
  return make_failure(failure_code::load_failed, "the path contains a NUL character", {}, path);
}

file_kind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return file_kind::regular;
  if (S_ISDIR(mode)) return file_kind::directory;
  if (S_ISLNK(mode)) return file_kind::symlink;
  return file_kind::other;
}

file_facts facts_of(const struct stat& facts) {
  file_facts result;
  result.kind = kind_of_mode(facts.st_mode);
  result.size_bytes = facts.st_size;
  result.modified_ns = std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  result.inode = facts.st_ino;
  result.device = facts.st_dev;
  result.mode = facts.st_mode & 07777U;
  return result;
}

std::string joined(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? folder + name : folder + "/" + name;
}

/// The kind that the directory itself knows; some file systems do not, which costs one more system call.
file_kind kind_of_entry(int directory, const dirent& entry) {
  switch (entry.d_type) {
    case DT_REG:
      return file_kind::regular;
    case DT_DIR:
      return file_kind::directory;
    case DT_LNK:
      return file_kind::symlink;
    case DT_UNKNOWN:
      break;
    default:
      return file_kind::other;
  }
  struct stat facts {};
  if (::fstatat(directory, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0) return file_kind::other;
  return kind_of_mode(facts.st_mode);
}

struct close_directory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

class system_files final : public file_source {
 public:
  outcome<std::vector<directory_entry>> list(const std::string& path) override {
    if (has_nul(path)) return nul_failure(path);
    const std::unique_ptr<DIR, close_directory> directory(::opendir(path.c_str()));
    if (!directory) return system_failure("cannot open the directory", path, errno);
    std::vector<directory_entry> entries;
    while (true) {
      errno = 0;
      const dirent* entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      entries.push_back({std::string(name), kind_of_entry(::dirfd(directory.get()), *entry)});
    }
    if (errno != 0) return system_failure("cannot read the directory", path, errno);
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }

  outcome<file_facts> stat(const std::string& path) override {
    if (has_nul(path)) return nul_failure(path);
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) return system_failure("cannot look at it", path, errno);
    return facts_of(facts);
  }

  outcome<std::string> read(const std::string& path, std::size_t bytes_max) override {
    if (has_nul(path)) return nul_failure(path);
    const opened_below found = open_file(path);
    if (found.error != 0) return system_failure("cannot open the file", path, found.error);
    return read_regular(found.file, found.facts, path, bytes_max);
  }

  outcome<file_facts> stat_below(const std::string& folder, const std::string& name) override {
    const std::string path = joined(folder, name);
    if (has_nul(path)) return nul_failure(path);
    if (name.find('/') == std::string::npos && name != "..") {
      struct stat facts {};
      if (::lstat(path.c_str(), &facts) != 0) return system_failure("cannot look at it", path, errno);
      if (!S_ISLNK(facts.st_mode)) return facts_of(facts);  // nearly every file: one call
    }
    const opened_below found = open_below(folder, name, opening::to_look);
    if (found.error == 0 || (found.error == EXDEV && !found.link.empty())) return facts_of(found.facts);
    return system_failure("cannot look at it", path, found.error);
  }

  outcome<std::string> read_below(const std::string& folder, const std::string& name, std::size_t bytes_max) override {
    const std::string path = joined(folder, name);
    if (has_nul(path)) return nul_failure(path);
    const opened_below found = open_below(folder, name, opening::to_read);
    if (found.error == EXDEV) {
      return make_failure(failure_code::load_failed, way_out_text(folder, name, found), {}, path);
    }
    if (found.error != 0) return system_failure("cannot open the file", path, found.error);
    return read_regular(found.file, found.facts, path, bytes_max);
  }

 private:
  static outcome<std::string> read_regular(const descriptor& file, const struct stat& facts, const std::string& path,
                                           std::size_t bytes_max) {
    if (!S_ISREG(facts.st_mode)) {
      return make_failure(failure_code::load_failed, "it is no regular file", {}, path);
    }
    if (facts.st_size > 0 && static_cast<std::uint64_t>(facts.st_size) > bytes_max) return too_large(path, bytes_max);
    return read_all(file.get(), static_cast<std::size_t>(std::max<off_t>(facts.st_size, 0)), path, bytes_max);
  }

  static failure too_large(const std::string& path, std::size_t bytes_max) {
    return make_failure(failure_code::limit_exceeded, "it is larger than " + std::to_string(bytes_max) + " bytes", {},
                        path);
  }

  /// Reads to the end, whatever size was promised: the file may grow or shrink meanwhile, and /proc promises 0.
  static outcome<std::string> read_all(int file, std::size_t promised, const std::string& path, std::size_t bytes_max) {
    static constexpr std::size_t step_bytes = 65'536;
    std::string bytes(promised + 1, '\0');  // one more shows the end without a further call
    std::size_t used = 0;
    while (true) {
      if (used > bytes_max) return too_large(path, bytes_max);
      if (used == bytes.size()) bytes.resize(used + step_bytes);
      const std::size_t asked = bytes.size() - used;
      const ssize_t got = ::read(file, bytes.data() + used, asked);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_failure("cannot read the file", path, errno);
      used += static_cast<std::size_t>(got);
      const bool end = got == 0 || (used == promised && static_cast<std::size_t>(got) < asked);
      if (end) break;
    }
    bytes.resize(used);
    return bytes;
  }
};

}  // namespace

std::shared_ptr<file_source> make_file_source() {
  return std::make_shared<system_files>();
}

}  // namespace planguild
