// `planguild lint MANIFEST…`: everything that can be said of a manifest without running its planner. Reads files, so a
// host calls it from a thread of its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/enums.hpp"
#include "messages/environment.hpp"

namespace planguild {

enum class lint_severity : std::uint8_t {
  error,    // the planner would not be found, or could not be started
  warning,  // it would, but probably not as meant
  note,     // worth knowing
};
PLANGUILD_ENUM(lint_severity, error, warning, note);

struct lint_finding {
  lint_severity severity = lint_severity::error;
  std::string where;    // a path, or a JSON path within the manifest; may be empty
  std::string message;  // one sentence, scrubbed
  bool operator==(const lint_finding&) const = default;
};

struct lint_report {
  std::string path;  // as given
  std::string name;  // normalised; empty if the manifest is refused
  std::string version;
  std::string digest;                  // of manifest and files, as admission records it; empty if refused
  std::string files_sha256;            // what `sha256` in the manifest may state; empty if nothing is covered
  std::vector<std::string> files;      // covered by the digest, relative to the manifest's folder
  std::string program;                 // absolute path of argv[0]'s file or the library; empty if there is none
  std::uint32_t program_mode = 0;      // its permission bits
  std::vector<lint_finding> findings;  // errors first
  /// No errors (warnings are no reason to fail).
  bool good() const;
};

/// Examines the manifest at `path` (relative to `base_directory`, which is absolute, unless absolute itself): whatever
/// discovery would say, and not only the first of it: every problem of the text (as `examine_manifest` finds them), and
/// once that is good, every file that is missing. Then whether argv[0] exists as a regular, executable file and what
/// looks like a script among its arguments exists, or the library is a shared object of this machine that exports a
/// planner. Every problem is a finding.
lint_report lint_manifest(const std::string& path, file_source& files, const std::string& base_directory);

/// The report for people: one line per finding, then one line of verdict.
std::string lint_text(const lint_report& report);

}  // namespace planguild
