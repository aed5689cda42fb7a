// Sentences about capabilities that nobody offers. Pure functions; any thread.
#include "actors/registry/capability_warning.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "actors/registry/score.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// Who offers a capability.
struct offerers {
  bool any_active = false;
  const snapshot_row* inactive = nullptr;  // the first by name
  std::size_t inactive_count = 0;
};

offerers offerers_of(const snapshot& view, std::string_view capability) {
  offerers result;
  for (const auto& row : view.rows) {
    if (!std::binary_search(row.capabilities.begin(), row.capabilities.end(), capability, std::less<>{})) {
      continue;
    }
    if (is_candidate(row, view.config)) {
      return {true, nullptr, 0};
    }
    if (result.inactive_count++ == 0) {
      result.inactive = &row;
    }
  }
  return result;
}

std::string_view inactivity_of(const snapshot_row& row) {
  if (row.is_active()) return "below the reliability floor";
  switch (row.admission) {
    case admission_state::pending:
      return "not admitted yet";
    case admission_state::quarantined:
      return "quarantined";
    case admission_state::admitted:
      break;
  }
  return "admitted, but could not be started";
}

/// What planners offer, by name; as many as are worth comparing.
std::set<std::string_view> offered_names(const snapshot& view) {
  std::set<std::string_view> names;
  for (const auto& row : view.rows) {
    for (const auto& capability : row.capabilities) {
      if (capability.size() <= limits::capability_compared_bytes_max) {
        names.insert(capability);
      }
      if (names.size() == limits::capabilities_compared_max) {
        return names;
      }
    }
  }
  return names;
}

/// How far apart two names are; none: nobody would take one for the other.
std::optional<std::size_t> likeness(std::string_view wanted, std::string_view offered) {
  constexpr std::size_t telling_bytes_min = 3;  // a shorter name is inside many others
  const auto shorter = std::min(wanted.size(), offered.size());
  if (shorter >= telling_bytes_min &&
      (wanted.find(offered) != std::string_view::npos || offered.find(wanted) != std::string_view::npos)) {
    return 0;
  }
  const auto distance = text::edit_distance(wanted, offered);
  return distance <= std::max<std::size_t>(1, shorter / 3) ? std::optional{distance} : std::nullopt;
}

std::string shown_name(std::string_view name) {
  return '"' + scrubbed_label(name, limits::label_code_points) + '"';
}

std::string shown_names(const std::vector<std::string_view>& names) {
  std::vector<std::string> texts;
  texts.reserve(names.size());
  for (const auto name : names) {
    texts.push_back(shown_name(name));
  }
  return text::join(texts, ", ");
}

/// Of a capability that is known, but of nobody who can be chosen.
std::string inactive_warning_of(std::string_view wanted, const offerers& by) {
  const auto others = by.inactive_count - 1;
  return "no planner that can be chosen offers " + shown_name(wanted) + ", so it adds nothing to any match; " +
         by.inactive->name + " does, and is " + std::string{inactivity_of(*by.inactive)} +
         (others == 0 ? std::string{} : " (like " + std::to_string(others) + " more)");
}

std::string warning_of(std::string_view wanted, const std::set<std::string_view>& offered) {
  auto message = "no known planner offers " + shown_name(wanted) + ", so it adds nothing to any match";
  if (offered.empty()) {
    return message + "; no planner names any capability";
  }
  std::vector<std::pair<std::size_t, std::string_view>> alike;
  if (wanted.size() <= limits::capability_compared_bytes_max) {
    for (const auto name : offered) {
      if (const auto distance = likeness(wanted, name)) {
        alike.emplace_back(*distance, name);
      }
    }
  }
  std::sort(alike.begin(), alike.end());
  alike.resize(std::min(alike.size(), limits::similar_capabilities_max));
  std::vector<std::string_view> names;
  names.reserve(limits::listed_capabilities_max);
  for (const auto& [distance, name] : alike) {
    names.push_back(name);
  }
  if (!names.empty()) {
    return message + "; like it there is " + shown_names(names);
  }
  for (const auto name : offered) {
    if (names.size() == limits::listed_capabilities_max) {
      break;
    }
    names.push_back(name);
  }
  return message + "; there are " + shown_names(names) + (offered.size() > names.size() ? ", …" : "");
}

}  // namespace

std::vector<std::string> capability_warnings(const snapshot& view, const ranking_request& request) {
  std::vector<std::pair<std::string_view, offerers>> missing;
  missing.reserve(request.required.size());
  for (const auto& capability : request.required) {
    if (const auto by = offerers_of(view, capability); !by.any_active) {
      missing.emplace_back(capability, by);
    }
  }
  std::vector<std::string> warnings;
  if (missing.empty()) {
    return warnings;
  }
  const auto offered = offered_names(view);
  const bool is_too_many = missing.size() > limits::capability_warnings_max;
  const auto named = is_too_many ? limits::capability_warnings_max - 1 : missing.size();
  warnings.reserve(named + 1);
  for (std::size_t index = 0; index < named; ++index) {
    const auto& [capability, by] = missing[index];
    warnings.push_back(by.inactive != nullptr ? inactive_warning_of(capability, by) : warning_of(capability, offered));
  }
  if (is_too_many) {
    warnings.push_back("nobody who can be chosen offers " + std::to_string(missing.size() - named) +
                       " more of the required capabilities");
  }
  return warnings;
}

}  // namespace planguild
