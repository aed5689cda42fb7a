// The sandbox in words: see the header. Pure functions, any thread.
#include "messages/sandbox_text.hpp"

#include <algorithm>

#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::string_view list_prefix = "require:";

bool contains(const std::vector<std::string>& list, std::string_view entry) {
  return std::find(list.begin(), list.end(), entry) != list.end();
}

}  // namespace

std::optional<sandbox_policy> sandbox_policy_from(std::string_view text) {
  sandbox_policy policy;
  text = text::trim(text);
  if (text.empty() || text == "require") return policy;
  if (text == "best" || text == "off") {
    policy.mode = text == "best" ? sandbox_mode::best : sandbox_mode::off;
    return policy;
  }
  if (!text.starts_with(list_prefix)) return std::nullopt;
  text.remove_prefix(list_prefix.size());
  std::vector<std::string> named;
  while (true) {
    const auto comma = text.find(',');
    std::string name{text::trim(text.substr(0, comma))};
    const bool is_known = std::find(guarantees.begin(), guarantees.end(), name) != guarantees.end();
    if (!is_known || contains(named, name)) return std::nullopt;
    named.push_back(std::move(name));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  policy.required.clear();
  for (const auto guarantee : guarantees) {
    if (contains(named, guarantee)) policy.required.emplace_back(guarantee);
  }
  return policy;
}

std::string sandbox_policy_text(const sandbox_policy& policy) {
  if (policy.mode != sandbox_mode::require || policy == sandbox_policy{}) return std::string{to_string(policy.mode)};
  return std::string{list_prefix} + text::join(policy.required, ",");
}

std::string sandbox_text(const sandbox_posture& posture) {
  return posture.holds.empty() ? std::string{"none"} : text::join(posture.holds, ", ");
}

std::vector<std::string> missing_guarantees(const sandbox_policy& policy, const sandbox_posture& posture) {
  std::vector<std::string> result;
  if (policy.mode != sandbox_mode::require) return result;
  for (const auto& required : policy.required) {
    if (!contains(posture.holds, required)) result.push_back(required);
  }
  return result;
}

}  // namespace planguild
