// Bounds of the repository index, each with its unit. Owned by app/index; constants only, any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace planguild::index_limits {

/// Source files listed; the walk stops there and says `truncated`.
inline constexpr std::size_t files_max = 200'000;
/// Entries of all kinds looked at by the walk, so that a tree of other files cannot hold it for ever.
inline constexpr std::size_t entries_max = 4'000'000;
/// Levels of folders below the repository; what is deeper is left out and said so.
inline constexpr std::size_t folder_depth_max = 64;
/// A larger file is listed with its size but not read.
inline constexpr std::uint64_t file_bytes_max = 4ULL * 1024 * 1024;
/// Imports taken from one file; more is generated code.
inline constexpr std::size_t imports_per_file_max = 4096;
/// Bytes of an import statement that are kept as evidence.
inline constexpr std::size_t import_text_bytes_max = 160;
/// Threads that read files.
inline constexpr unsigned scan_threads_max = 2;
/// Files in a cycle up to which the cheapest cut is exact; a cycle of 12 import edges has at most 12 files.
inline constexpr std::size_t exact_cut_files_max = 16;
/// Distinct import lines in a cycle up to which the cheapest cut is exact.
inline constexpr std::size_t exact_cut_lines_max = 256;
/// Steps that the improvement of a greedy cut may take.
inline constexpr std::uint64_t greedy_steps_max = 20'000'000;
/// Output of `git log` that is read.
inline constexpr std::size_t git_output_bytes_max = std::size_t{16} * 1024 * 1024;
/// Time that `git log` may take.
inline constexpr int git_timeout_ms = 20'000;
/// A hotspot changed at least so often within a year …
inline constexpr std::uint32_t hotspot_changes_min = 3;
/// … and has more lines than this.
inline constexpr std::uint32_t hotspot_lines_above = 300;
/// Hotspots that a planner gets at most.
inline constexpr std::size_t hotspots_max = 1000;

}  // namespace planguild::index_limits
