// Finds the file of the repository that an import means. Owned by app/index; immutable once made, any thread.
//
// C and C++, in order: the including file's folder (quoted form only), the repository root, `include/` and `src/`, the
// same below each
//   folder on the way up from the including file, at last the one file in the tree whose path ends with what is
//   written. A system header in angle brackets (`<string.h>`) is found only below an `include/` folder.
// Python: relative to the package for leading dots; else below each folder on the way up that is no package itself (so
// `src/` layouts
//   and scripts beside one another work), then `src/`, `lib/`, `python/`, at last the one place in the tree that has
//   such a package. `from a import b` means the module `a/b` if there is one, else `a`.
// JavaScript and TypeScript: relative paths only, with the usual extensions and `index` files; `./x.js` also finds
// `x.ts`. What is not found is external.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "app/index/import_scanner.hpp"
#include "app/index/source_tree.hpp"

namespace planguild {

/// Position of a file in the tree's list.
using file_id = std::uint32_t;

class import_resolver {
 public:
  /// `files` must outlive the resolver and not move.
  explicit import_resolver(const std::vector<source_file>& files);

  /// The file that `imported`, written in file `from`, means; none if it is external or `from` does not exist.
  std::optional<file_id> resolve(file_id from, const raw_import& imported) const;

 private:
  std::optional<file_id> find(std::string_view path) const;
  std::optional<file_id> find_below(std::string_view folder, std::string_view path) const;

  std::optional<file_id> resolve_include(std::string_view from, const raw_import& imported) const;
  std::optional<file_id> include_below(std::string_view folder, std::string_view path, bool system) const;
  std::optional<file_id> include_by_suffix(std::string_view path) const;

  std::optional<file_id> resolve_python(std::string_view from, const raw_import& imported) const;
  std::optional<file_id> python_below(std::string_view root, std::string_view module, std::string_view member) const;
  std::optional<file_id> python_module(std::string_view path) const;
  std::optional<file_id> python_absolute(std::string_view from, std::string_view module, std::string_view member) const;
  std::optional<file_id> python_relative(std::string_view from, const raw_import& imported) const;
  bool is_python_package(std::string_view folder) const;

  std::optional<file_id> resolve_script(std::string_view from, std::string_view path) const;

  const std::vector<source_file>& files_;
  std::unordered_map<std::string_view, file_id> by_path_;
  // C and C++ files by their last component.
  std::unordered_map<std::string_view, std::vector<file_id>> by_name_;
  // Folders in which top-level Python packages of a name lie.
  std::unordered_map<std::string_view, std::vector<std::string_view>> package_roots_;
};

/// `path` appended to `folder`, with `.` and `..` resolved; none if it leaves the repository or is absolute.
std::optional<std::string> join_path(std::string_view folder, std::string_view path);

}  // namespace planguild
