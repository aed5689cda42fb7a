// The store's files: its folder, and setting a corrupt database aside. Blocking; used by one thread at a time, but by
// several processes at once.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "app/host/system/store_database.hpp"
#include "messages/environment.hpp"

namespace planguild {

/// An open database and the file that it is, so that a file which another process put in its place meanwhile is left
/// alone.
struct open_database {
  std::unique_ptr<store_database> database;  // none: `reason` says why
  std::string reason;
  dev_t device = 0;
  ino_t inode = 0;
};

/// Makes `directory` with all parents (mode 0700 for those that are made); why not, or empty.
std::string make_state_directory(const std::string& directory);

/// Opens `directory`/planguild.db. If that is corrupt, sets it aside as planguild.db.corrupt-TIME, says so in `log`
/// (may be none), and begins a new one.
open_database open_or_replace(const std::string& directory, log_sink* log);

/// The same for a database that turned out to be corrupt while it was used: `damaged` is closed first.
open_database replace_damaged(const std::string& directory, open_database damaged, log_sink* log);

}  // namespace planguild
