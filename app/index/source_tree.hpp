// Walks a repository and lists its source files. Owned by app/index; blocking file system calls, any one thread.
// Left out: folders whose name begins with a dot, and `node_modules`, `__pycache__`, `build`, `dist`, `target`,
// `vendor`. Symbolic links are not followed, neither to files nor to folders; devices, pipes and sockets are never
// opened.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "app/index/language.hpp"
#include "messages/failure.hpp"

namespace planguild {

/// One source file: its path relative to the repository, with `/`, valid UTF-8 without control characters.
struct source_file {
  std::string path;
  language lang = language::c;
};

/// What a walk found, in bytewise order of the paths, the same for the same tree whatever the file system's own order.
struct source_tree {
  std::vector<source_file> files;
  std::uint64_t other_files = 0;         ///< Files in no known language, or with unprintable names.
  std::uint64_t unreadable_folders = 0;  ///< Could not be opened; what is in them is missing.
  bool truncated = false;                ///< A bound of index_limits.hpp cut something off.
};

/// Walks `root`. `stop`, if given, is looked at between folders; then the failure is `cancelled`. Fails with
/// `not_found` if `root` is no folder, with `invalid_request` if it cannot be opened.
outcome<source_tree> walk_source_tree(const std::string& root, const std::atomic<bool>* stop = nullptr);

}  // namespace planguild
