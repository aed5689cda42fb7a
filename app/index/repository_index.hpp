// The index of a repository: its source files with size, churn, imports and tests. What `planguild index` prints, what
// fills the deep context, and what structural_planner works on. Owned by app/index. `build_index` blocks (it reads
// every source file, with two threads, and may run git); the result is a plain value.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "app/index/import_graph.hpp"
#include "app/index/index_limits.hpp"
#include "app/index/source_tree.hpp"
#include "messages/failure.hpp"

namespace planguild {

/// What is known of one file besides its path and language; same position as in `repository_index::files`.
struct indexed_file {
  std::uint32_t lines = 0;  ///< 0 for files over `file_bytes_max` and for binary ones.
  std::uint64_t bytes = 0;
  std::uint32_t changes = 0;  ///< Commits within a year that touched it; 0 without git.
  std::uint32_t fan_in = 0;   ///< Other files that import it.
  std::uint32_t fan_out = 0;  ///< Other files that it imports.
  bool test = false;          ///< It looks like a test itself.
  bool tested = false;        ///< It is a test, a test names or imports it, or one imports the header beside it.
  bool read = false;          ///< False if it was too large or could not be read.
};

/// Where churn came from, or why there is none.
struct churn_summary {
  bool present = false;
  bool truncated = false;
  std::string absent_reason;
};

struct repository_index {
  std::string root;                  ///< The folder as it was given.
  std::vector<source_file> files;    ///< In bytewise order of the paths; positions are `file_id`s.
  std::vector<indexed_file> facts;   ///< Same order.
  std::vector<import_edge> imports;  ///< Resolved imports, by file, then line, then imported file.
  std::vector<import_cycle> cycles;
  std::uint64_t external_imports = 0;  ///< Imports of something outside the repository.
  std::uint64_t other_files = 0;       ///< Files in no known language.
  std::uint64_t unread_files = 0;      ///< Too large, unreadable or binary.
  std::uint64_t unreadable_folders = 0;
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  churn_summary churn;
  bool truncated = false;  ///< A bound cut the walk; the index covers only a part.
};

struct index_options {
  bool churn = true;                                  ///< Ask git; else `changes` is 0 everywhere.
  unsigned threads = index_limits::scan_threads_max;  ///< 1 or 2; more is 2.
  const std::atomic<bool>* stop = nullptr;            ///< Ends the work early with the failure `cancelled`.
  /// Called on the calling thread now and then with files read and files in all; may be empty.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Indexes the folder `path`. Fails with `not_found` (no such folder), `invalid_request` (cannot be opened),
/// `cancelled`. Everything else that goes wrong (a file that vanished, no git) is counted in the index.
outcome<repository_index> build_index(const std::string& path, const index_options& options = {});

/// Files changed at least `hotspot_changes_min` times in a year and over `hotspot_lines_above` lines, by changes ×
/// lines descending, then path.
std::vector<file_id> find_hotspots(const repository_index& index);

/// The deep context as planners get it: `deep_index_summary{files, lines, cycles, truncated}`, `hotspots_count`, and
/// the first `hotspots_max` of `hotspots[{file, lines, changes, fan_in, tested}]`.
nlohmann::json context_json(const repository_index& index, std::size_t hotspots_max = index_limits::hotspots_max);

/// Everything: the context's fields with all hotspots, `totals`, `churn`, `files[]`, `imports[]`, `cycles[]` each with
/// its cheapest cut, and `layer_breaks[]`.
nlohmann::json index_json(const repository_index& index);

}  // namespace planguild
