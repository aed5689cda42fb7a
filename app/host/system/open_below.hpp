// Opening a planner's file without leaving the planner's folder, whatever symbolic links its author put there. Any
// thread; no state.
#pragma once

#include <sys/stat.h>

#include <string>

#include "app/host/system/descriptor.hpp"

namespace planguild {

struct opened_below {
  descriptor file;       // closed on exec; not there after an error
  int error = 0;         // an errno value; EXDEV: a symbolic link leads out
  std::string link;      // after EXDEV: which one does, below the folder …
  std::string target;    // … and what it says
  struct stat facts {};  // of `file`; after EXDEV those of the link
};

enum class opening { to_read, to_look };

/// Opens `path` for reading, wherever links on it lead; `link` and `target` stay empty. A FIFO is not waited for.
opened_below open_file(const std::string& path);

/// Opens `name` (relative) below `folder`, for reading or only for its facts (which need no permission to read it). A
/// FIFO is not waited for; whether it is a regular file is the caller's to check. Links on the way to `folder` are
/// followed. Below it, each component is opened by itself and no link is left to the kernel: one whose target is
/// absolute (unless that lies below `folder`), or climbs above `folder`, leads out, whether anything is there or not.
/// ELOOP after limits::planner_links_max links, ENAMETOOLONG below limits::planner_folder_depth_max folders.
opened_below open_below(const std::string& folder, const std::string& name, opening purpose);

/// What to tell of an EXDEV: which file, where its link leads, out of which folder, and what to do.
std::string way_out_text(const std::string& folder, const std::string& name, const opened_below& found);

}  // namespace planguild
