// The scan: from roots, manual manifests and builtins to one planner per name, with what failed and what was left out.
// Plain class, owned by the discovery actor; may block (file_source), so it runs on discovery's own thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/discovery/allowlist.hpp"
#include "actors/discovery/load.hpp"
#include "actors/discovery/walk.hpp"
#include "messages/config.hpp"
#include "messages/discovery.hpp"
#include "messages/environment.hpp"
#include "messages/planner.hpp"

namespace planguild {

class scanner {
 public:
  /// `builtins`: what the host registered, with `source` builtin; they come first and meet no list. Relative roots and
  /// manual paths are taken below `base_directory` (absolute; empty: the process's working directory now). `files` must
  /// outlive the scanner.
  scanner(config settings, file_source& files, std::vector<found_planner> builtins, std::string program_version,
          std::string base_directory = {});

  /// Looks at the roots. Unless `force` (or the configuration's force_rediscover) is set and something has changed,
  /// reads nothing and answers `unchanged`: one listing and `stat` per directory, one `stat` per manifest and covered
  /// file (without deep_fingerprint: directories only). Otherwise a whole result; forced, everything is read again,
  /// else only what has another stamp. Never fails as a whole: what is wrong is in `failures`.
  discovery_result run(bool force);

  /// Is `known` still what is on disk? One `stat` per file; if all stamps are those of the last reading the planner is
  /// returned as it was read, else it is read again. `load_failed`: the manifest has gone or cannot be read; otherwise
  /// the failures of load_planner(). A builtin is always as it was.
  outcome<found_planner> check(const found_planner& known);

  /// Whether an unforced run would answer `unchanged`. Costs the same, and changes nothing.
  bool is_unchanged();

  /// Takes a new configuration; the next run sees its lists and roots.
  void configure(config settings);
  /// Another allowlist, from the next run on.
  void allow(std::vector<std::string> names);

  /// What a change under the roots shows itself in: the directories of the last run, and those of manual manifests and
  /// covered files. Sorted, without duplicates.
  std::vector<std::string> directories() const;

 private:
  using cache = std::unordered_map<std::string, loaded_planner>;

  std::string signature(const walk_result& tree, bool fresh) const;
  discovery_result rebuild(walk_result tree, bool trust_stamps);
  class merge;
  void add_manifest(merge& names, const manifest_site& site, bool trust_stamps, cache& before);

  config settings_;
  allowlist lists_;
  file_source& files_;
  std::vector<found_planner> builtins_;
  std::string program_version_;
  std::string base_directory_;
  std::vector<std::string> roots_;     // absolute
  std::vector<std::string> manual_;    // absolute
  std::vector<std::string> searched_;  // directories of the last run
  cache loaded_;                       // by manifest path: every manifest that the last run read
  std::string signature_;              // of the last whole result; empty: none yet
  std::uint64_t files_seen_ = 0;
};

}  // namespace planguild
