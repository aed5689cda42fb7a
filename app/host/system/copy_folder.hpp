// The private folder in which one runner keeps its copies of planners' files; it goes with the runner. Any thread, one
// at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/host/system/descriptor.hpp"

namespace planguild {

/// Where the folder may lie, best first: $XDG_RUNTIME_DIR, $TMPDIR (both only if absolute), /tmp, /var/tmp, /dev/shm.
/// Reads the environment, so call it where no other thread changes that.
std::vector<std::string> copy_folder_places();

class copy_folder {
 public:
  /// Makes a folder `planguild-UID-…` with mode 0700 in the first of `places` from which programs may be run; with
  /// `for_other_users` mode 0711, in a place that all users reach. It is locked for as long as it is in use, so that
  /// what killed hosts left behind can be told from it: leftovers in that place are removed. Never throws; see error().
  copy_folder(const std::vector<std::string>& places, bool for_other_users);
  /// Removes everything in it.
  ~copy_folder();
  copy_folder(const copy_folder&) = delete;
  copy_folder& operator=(const copy_folder&) = delete;

  /// Empty, or why there is no folder: each place with its reason.
  const std::string& error() const noexcept { return error_; }
  /// Absolute; empty after an error.
  const std::string& path() const noexcept { return path_; }
  /// False once somebody else removed it (a cleaner of temporary files).
  bool is_there() const;
  /// A new folder in it for one set of copies, mode 0700; empty, with errno set, if it cannot be made.
  std::string make_folder();

 private:
  bool make_in(const std::string& place, bool for_other_users, std::string& reason);

  std::string error_;
  std::string path_;
  descriptor lock_;  // the folder itself, with an advisory lock
};

/// Removes a folder with all that is in it, following no link. Bounded in depth; what cannot be removed stays.
void remove_tree(const std::string& path);

}  // namespace planguild
