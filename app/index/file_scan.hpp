// Reads and scans all files of a tree with at most two threads. Internal to app/index; blocks.
#pragma once

#include <vector>

#include "app/index/repository_index.hpp"

namespace planguild {

/// What was read of one file.
struct scanned_file {
  std::uint32_t lines = 0;
  std::uint64_t bytes = 0;
  bool read = false;
  std::uint32_t external = 0;        ///< Imports that were not found in the tree.
  std::vector<import_edge> imports;  ///< By line, then imported file; no duplicates.
};

/// Scans each file of `files` below `root`, in the same order. Returns early, with an incomplete result, once
/// `options.stop` is set.
std::vector<scanned_file> scan_files(const std::string& root, const std::vector<source_file>& files,
                                     const index_options& options);

}  // namespace planguild
