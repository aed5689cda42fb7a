// Finding manifests below the planner roots: which directories are searched, in which order, within which bounds. May
// block (file_source), so only discovery's own thread calls it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/discovery.hpp"
#include "messages/environment.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// A file called NAME.planner.json, not read yet.
struct manifest_site {
  std::string path;  // absolute
  planner_source source = planner_source::root;
  std::optional<outcome<file_facts>> facts;                      // none: the walk did not take them
  std::shared_ptr<const std::vector<directory_entry>> siblings;  // its folder's listing; none for a manual manifest

  /// NAME as it is written; the whole file name if it does not end as a manifest does (a manual one may not).
  std::string_view raw_name() const noexcept;
};

struct walk_result {
  std::vector<manifest_site> sites;      // in order of precedence
  std::vector<import_failure> failures;  // roots and directories that could not be searched, bounds that were reached
  std::uint64_t failures_dropped = 0;    // beyond limits::import_failures_max
  std::vector<std::string> warnings;     // directories below limits::root_depth_max
  std::vector<std::string> directories;  // that were searched
};

/// Manual manifests in their order, then every root's: depth first, the entries of a directory in bytewise order, each
/// directory once (by device and inode, so links cannot make a loop), at most limits::root_depth_max below its root,
/// limits::directories_max directories and limits::planners_max manifests in all. `manual` and `roots` are absolute.
/// With `with_facts` every manifest costs one `stat`; directories always cost one, and a listing.
walk_result find_manifests(const std::vector<std::string>& manual, const std::vector<std::string>& roots,
                           bool with_facts, file_source& files);

}  // namespace planguild
