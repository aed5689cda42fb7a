// The import graph of a repository: cycles, layer breaks, fan-in and fan-out. Owned by app/index.
// Plain values and pure functions; any thread. Imports that serve types only are gone at run time: they count in fan-in
// and fan-out, but take part in neither cycles nor layer breaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/index/import_resolver.hpp"

namespace planguild {

/// One import of one file by another. A statement that imports two files gives two of these with the same line.
struct import_edge {
  file_id from = 0;
  file_id to = 0;
  std::uint32_t line = 0;  ///< 1-based, in `from`.
  bool type_only = false;
  std::string text;  ///< The statement.
};

/// Files that import one another in a circle: two or more, or one that imports itself. Ids ascend.
using import_cycle = std::vector<file_id>;

/// The strongly connected components with a cycle, in order of their first file. `edges` must be sorted by `from`;
/// linear time, no recursion.
std::vector<import_cycle> find_cycles(std::size_t files, const std::vector<import_edge>& edges);

/// One shortest closed walk through `edge` inside `cycle`: begins with the edge's `from`, then its `to`; the last one
/// imports the first.
std::vector<file_id> shortest_circle(const import_cycle& cycle, const std::vector<import_edge>& edges,
                                     const import_edge& edge);

/// Two top-level folders that import each other, and the direction that has fewer import lines (tie: the one whose
/// importing folder comes first by name).
struct layer_break {
  std::string from;                 ///< Folder whose imports are the break …
  std::string to;                   ///< … of this folder.
  std::vector<std::size_t> breaks;  ///< Positions in `edges` of every import from `from` into `to`.
  std::size_t lines = 0;            ///< Distinct import lines among them.
  std::size_t opposite_lines = 0;   ///< Import lines the other way, which are as it should be.
};

/// All pairs of folders that import each other, by name. Files in the repository's root belong to no folder.
std::vector<layer_break> find_layer_breaks(const std::vector<source_file>& files,
                                           const std::vector<import_edge>& edges);

/// For each file, how many other files import it, and how many it imports.
struct fan_counts {
  std::vector<std::uint32_t> in;
  std::vector<std::uint32_t> out;
};
fan_counts count_fans(std::size_t files, const std::vector<import_edge>& edges);

}  // namespace planguild
