// What operators grant to planners (FACTORY_GRANTS), and what a planner gets of what its manifest requests. Pure values
// and functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/planner.hpp"
#include "messages/sandbox.hpp"

namespace planguild {

/// Everything that is granted to one planner.
struct planner_grants {
  std::string name;                 // normalised
  planner_permissions permissions;  // each list sorted, without duplicates; paths absolute and in normal form
  bool operator==(const planner_grants&) const = default;
};

/// What FACTORY_GRANTS takes, as a message says it.
inline constexpr std::string_view grants_accepted =
    "NAME:network=PORT, NAME:read=PATH and NAME:write=PATH, separated by commas; ports 1 to 65535, absolute paths "
    "without ..";

/// Reads FACTORY_GRANTS; by name, what is granted to a name twice adds up. None: `problem` says which entry is refused
/// and why. At most limits::grants_max entries.
std::optional<std::vector<planner_grants>> grants_from(std::string_view text, std::string& problem);

/// `grants` as FACTORY_GRANTS takes them.
std::string grants_text(const std::vector<planner_grants>& grants);

/// What `grants` gives to `name` (normalised), whether it asks for it or not.
planner_permissions granted_to(const std::vector<planner_grants>& grants, std::string_view name);

/// What is both requested and granted: ports in both, paths equal to or below a granted one. What may be written may be
/// read. A requested path that is not absolute, or climbs, is never granted.
planner_permissions effective_grants(const planner_permissions& requested, const planner_permissions& granted);

/// What is requested and not granted.
planner_permissions ungranted(const planner_permissions& requested, const planner_permissions& granted);

/// FACTORY_GRANTS with which the planner `name` would get everything it requests that can be granted, and everybody
/// else what they get now; empty: it gets it already, or nothing more can be granted.
std::string grants_needed(const std::vector<planner_grants>& grants, std::string_view name,
                          const planner_permissions& requested);

/// Under which conditions a probe judges a planner besides its bytes: the setting and what the planner gets. A verdict
/// counts only while they are the same; a builtin planner has none.
std::string probe_conditions(const sandbox_policy& policy, const std::vector<planner_grants>& grants,
                             const planner_manifest& manifest);

}  // namespace planguild
