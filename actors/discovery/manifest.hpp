// Reading NAME.planner.json: strict parsing of a planner's manifest, without running anything and without touching a
// disk. Pure functions, any thread; nothing throws.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/failure.hpp"
#include "messages/planner.hpp"

namespace planguild {

inline constexpr std::string_view manifest_suffix = ".planner.json";
/// Warnings kept of one manifest; a further one says how many more there were.
inline constexpr std::size_t manifest_warnings_max = 32;
/// Problems told of one manifest; a further one says how many more there were.
inline constexpr std::size_t manifest_problems_max = 32;
/// Longest path, in bytes, that a manifest may name (what the system takes).
inline constexpr std::size_t manifest_path_bytes_max = 4'096;

struct parsed_manifest {
  planner_manifest manifest;
  bool files_given = false;           // whether `entry.files` is settled: it was in the text, or is a library's;
                                      // otherwise it is empty
  std::vector<std::string> warnings;  // unknown keys, dropped capabilities; each begins with the JSON path
};

/// Parses the text of the manifest whose path (or file name) is `path`; NAME is taken from it. Capabilities and tags
/// become normalised sets, secrets in description, tags, tier and risk_rating are masked, `name` is normalised,
/// `sha256` lower-cased, `entry.files` lexically normalised. Where `files` is given and a program beside the manifest
/// (argv[0] with a '/') is not among them, it is put first; of a library, `entry.path` always is. Every failure is
/// `invalid_manifest` with `path` in `where`; the message says what is wrong, where (JSON path) and what is accepted. A
/// text over limits::manifest_bytes_max or limits::manifest_depth_max is refused, too.
outcome<parsed_manifest> parse_manifest(std::string_view text, std::string_view path);

/// What there is to say of a manifest's text.
struct manifest_remarks {
  std::vector<std::string> problems;  // as sentences, in the order in which they are found; empty for a good manifest
  std::vector<std::string> warnings;  // as in parsed_manifest, also where there are problems
};

/// Everything that `parse_manifest` would refuse, which tells the first alone. A text that is no JSON has that one
/// problem, and an entry of no known kind hides what is in it.
manifest_remarks examine_manifest(std::string_view text, std::string_view path);

/// NAME of a path that ends in NAME.planner.json, as it is written there; none if it ends otherwise or NAME is empty.
std::optional<std::string_view> manifest_name(std::string_view path) noexcept;

/// Whether ".." is a component of `path`, be it relative or absolute.
bool climbs(std::string_view path) noexcept;

/// Why `path` is no path below a folder ("is absolute", "contains ..", …); none if it is one.
std::optional<std::string_view> relative_path_problem(std::string_view path) noexcept;

/// A good relative path without "." components and repeated slashes ("./a//b" becomes "a/b").
std::string normal_relative_path(std::string_view path);

/// The argv elements that may name files beside the manifest: what `files` defaults to is those of them that exist.
/// Normalised, in order, each once.
std::vector<std::string> default_file_candidates(const std::vector<std::string>& argv);

/// Where the program of `entry` may be, best first: below `directory` if argv[0] has a '/', else /usr/bin and /bin. For
/// a library: where that is. Empty for a builtin.
std::vector<std::string> program_candidates(const planner_entry& entry, std::string_view directory);

}  // namespace planguild
