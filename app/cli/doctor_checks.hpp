// The findings of `planguild doctor`: what is wrong with the set-up, and what mends it. Made from facts
// alone. Owned by the command; pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/doctor_facts.hpp"
#include "messages/enums.hpp"

namespace planguild::cli {

enum class doctor_severity : std::uint8_t {
  good,     // of an area: nothing was found
  note,     // worth knowing; the set-up works as it is
  warning,  // works, but not as somebody means it to, or not safely
  error,    // does not work
};
PLANGUILD_ENUM(doctor_severity, good, note, warning, error);

struct doctor_finding {
  doctor_severity severity = doctor_severity::error;
  std::string area;
  std::string what;  // a sentence: what is wrong, where
  std::string mend;  // a line for a shell, or what to do; may be empty for a note
};

/// One part of the set-up, also when nothing is wrong with it.
struct doctor_area {
  std::string name;
  std::string summary;                               // what was looked at
  doctor_severity severity = doctor_severity::good;  // of its worst finding
};

struct doctor_report {
  std::string version;
  std::vector<doctor_area> areas;
  std::vector<doctor_finding> findings;  // by area, in the order of `areas`

  /// Notes are no reason to say no.
  bool good() const;
  std::uint64_t count(doctor_severity severity) const;
};

/// Examines `facts`.
doctor_report examine(const doctor_facts& facts);

/// `text` as one word for a shell.
std::string shell_word(std::string_view text);

}  // namespace planguild::cli
