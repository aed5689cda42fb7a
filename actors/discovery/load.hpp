// Reading one planner from disk: its manifest, the files that its digest covers, and whether any of them has changed
// since. May block (file_source), so only discovery's own thread and hosts call it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/discovery/signature.hpp"
#include "messages/environment.hpp"
#include "messages/failure.hpp"
#include "messages/planner.hpp"

namespace planguild {

/// A file that the manifest covers, or would cover if it were there.
struct covered_file {
  std::string relative;  // to the manifest's folder
  file_stamp stamp;
};

/// One manifest as it was read.
struct loaded_planner {
  file_stamp stamp;                   // of the manifest, taken before it was read
  std::vector<covered_file> files;    // covered files in order, and argv elements that may come to name one
  outcome<found_planner> planner;     // or why the manifest is refused
  std::vector<std::string> warnings;  // each begins with the manifest's path
};

/// What is known of a manifest's folder without asking again: its listing in bytewise order, or nothing.
using folder_listing = const std::vector<directory_entry>*;

/// The folder of the manifest at `path`; "." where there is no slash.
std::string_view manifest_folder(std::string_view path) noexcept;

/// The stamp of a covered file below `folder`, the manifest's; one that the listing of it does not hold costs no call.
file_stamp covered_stamp(const std::string& folder, const covered_file& file, file_source& files,
                         folder_listing siblings);

/// Reads the manifest at `path` (absolute) whose facts are `facts`, parses it and digests its files, none of which lies
/// outside the manifest's folder: the host may read more than the planner's author. The outcome is `invalid_manifest`
/// (text, name, or a `sha256` that differs), `load_failed` (unreadable, no regular file, a covered file is missing, or
/// a symbolic link leads out of the folder) or `limit_exceeded` (a covered file over limits::entry_file_bytes_max),
/// with the path in `where`.
loaded_planner load_planner(const std::string& path, planner_source source, const file_facts& facts, file_source& files,
                            folder_listing siblings = nullptr);

/// Whether every covered file of `loaded`, whose manifest is at `path`, still has its stamp; at most one `stat` for
/// each, none is read.
bool files_unchanged(const std::string& path, const loaded_planner& loaded, file_source& files,
                     folder_listing siblings = nullptr);

/// As above, and every byte of the manifest and the files it covers is read again and is as it was: then so is all that
/// follows from the bytes, and nothing needs parsing. The manifest's own stamp and the planner's source are the
/// caller's to compare. False for one that was refused.
bool bytes_unchanged(const std::string& path, const loaded_planner& loaded, file_source& files,
                     folder_listing siblings = nullptr);

/// `path` made absolute below `base`, without "." and repeated slashes; ".." is kept, since what it means depends on
/// links.
std::string absolute_path(std::string_view path, std::string_view base);

}  // namespace planguild
