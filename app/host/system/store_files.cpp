// The store's files. See the header.
#include "app/host/system/store_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <thread>
#include <utility>

#include "app/host/system/descriptor.hpp"
#include "app/host/system/system_reason.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

constexpr int lock_attempts = 50;  // × 10 ms: another process sets the same file aside within milliseconds
constexpr std::chrono::milliseconds lock_pause{10};
constexpr int names_tried = 100;  // for a file that is set aside, within one second

std::string database_path(const std::string& directory) {
  return directory + "/planguild.db";
}

std::string utc_stamp() {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), size};
}

/// Only one process sets a file aside: a second one would rename the first one's new database. None: nobody got out of
/// the way.
descriptor repair_lock(const std::string& directory) {
  descriptor file(::open((database_path(directory) + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  for (int attempt = 0; file && attempt < lock_attempts; ++attempt) {
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
    std::this_thread::sleep_for(lock_pause);  // rare, bounded, and on a thread that may block
  }
  return {};
}

/// Renames the database and its write-ahead log, which belongs to it, keeping their relation; the new name, or empty
/// with errno set.
std::string set_aside(const std::string& path) {
  const std::string base = path + ".corrupt-" + utc_stamp();
  for (int number = 0; number < names_tried; ++number) {
    std::string name = number == 0 ? base : base + "-" + std::to_string(number);
    struct stat facts {};
    if (::lstat(name.c_str(), &facts) == 0) continue;
    // The database last: from then on the path is free, and a new file must not find the old one's log beside it.
    (void)::rename((path + "-wal").c_str(), (name + "-wal").c_str());
    (void)::unlink((path + "-shm").c_str());
    if (::rename(path.c_str(), name.c_str()) == 0) return name;
    const int error = errno;
    (void)::rename((name + "-wal").c_str(), (path + "-wal").c_str());
    errno = error;
    return {};
  }
  errno = EEXIST;
  return {};
}

/// Opens, remembering which file it was; `corrupt` tells whether it is one to be set aside.
open_database open_once(const std::string& path, bool& corrupt) {
  // Made here for its mode. Exclusively: to open and close an existing file would drop the locks that this process may
  // already hold on it through another connection.
  if (const int made = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) ::close(made);
  // Looked at before it is opened: were it another file by then, that one would never be set aside in its stead.
  struct stat facts {};
  const bool there = ::stat(path.c_str(), &facts) == 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits::store_recall_ms);
  store_database::opened opened = store_database::open(path);
  while (!opened.database && opened.problem.kind == database_problem::kind_of::busy &&
         std::chrono::steady_clock::now() < deadline) {
    opened = store_database::open(path);  // it waits by itself where SQLite can
  }
  corrupt = !opened.database && opened.problem.kind == database_problem::kind_of::corrupt;
  return {std::move(opened.database), std::move(opened.problem.reason), there ? facts.st_dev : 0,
          there ? facts.st_ino : 0};
}

open_database failed(std::string reason) {
  return {nullptr, std::move(reason), 0, 0};
}

}  // namespace

std::string make_state_directory(const std::string& directory) {
  for (std::size_t end = directory.find('/', 1);; end = directory.find('/', end + 1)) {
    const std::string part = directory.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR) {
      const int error = errno;
      struct stat facts {};
      // A parent that is there may be one where nothing may be made.
      if (::stat(part.c_str(), &facts) != 0 || !S_ISDIR(facts.st_mode)) {
        return "the folder cannot be made: " + part + ": " + system_reason(error);
      }
    }
    if (end == std::string::npos) break;
  }
  struct stat facts {};
  if (::stat(directory.c_str(), &facts) != 0) return "the folder is not there: " + system_reason(errno);
  if (!S_ISDIR(facts.st_mode)) return "it is no folder";
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return "the folder cannot be written: " + system_reason(errno);
  }
  return {};
}

open_database open_or_replace(const std::string& directory, log_sink* log) {
  bool corrupt = false;
  open_database result = open_once(database_path(directory), corrupt);
  return corrupt ? replace_damaged(directory, std::move(result), log) : std::move(result);
}

open_database replace_damaged(const std::string& directory, open_database damaged, log_sink* log) {
  const std::string path = database_path(directory);
  const std::string reason = damaged.reason;
  damaged.database.reset();
  const descriptor lock = repair_lock(directory);
  if (!lock) return failed("the file is corrupt and could not be set aside: no lock");
  struct stat facts {};
  const bool same =
      ::stat(path.c_str(), &facts) == 0 && facts.st_dev == damaged.device && facts.st_ino == damaged.inode;
  if (same) {
    const std::string name = set_aside(path);
    if (name.empty()) return failed("the file is corrupt and could not be set aside: " + system_reason(errno));
    if (log != nullptr) {
      log->log(log_level::error, "store", "The store was corrupt: it was set aside and a new one begun.",
               {{"file", path}, {"set_aside_as", name}, {"reason", reason}});
    }
  }
  bool corrupt = false;
  return open_once(path, corrupt);
}

}  // namespace planguild
