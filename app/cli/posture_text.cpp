// The sandbox as text: see the header. Pure functions, any thread.
#include "app/cli/posture_text.hpp"

#include <vector>

#include "actors/discovery/allowlist.hpp"
#include "messages/grants.hpp"
#include "messages/sandbox_text.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::string_view builtin_notice = "none: it is builtin and runs in the host's process";
constexpr std::string_view not_started_notice = "none yet: it was not started in this runtime";
constexpr std::string_view unknown_notice = "none: nothing is known of its process's sandbox";

bool is_empty(const sandbox_posture& posture) {
  return posture == sandbox_posture{};
}

std::string holding_and_missing(const sandbox_posture& posture) {
  auto result = sandbox_text(posture);
  if (!posture.missing.empty()) result += "; missing: " + text::join(posture.missing, ", ");
  return result;
}

std::string setting_text(const sandbox_policy& policy) {
  return "FACTORY_SANDBOX=" + sandbox_policy_text(policy);
}

std::string list_text(const planner_permissions& permissions) {
  std::vector<std::string> words;
  words.reserve(permissions.network.size() + permissions.read.size() + permissions.write.size());
  for (const auto port : permissions.network) words.push_back("network " + std::to_string(port));
  for (const auto& path : permissions.read) words.push_back("read " + path);
  for (const auto& path : permissions.write) words.push_back("write " + path);
  return text::join(words, ", ");
}

std::string layer_text(const sandbox_layer& layer) {
  auto result = layer.name + ": " + std::string{to_string(layer.state)};
  if (!layer.detail.empty()) result += ", " + layer.detail;
  return printable(result);
}

std::string_view nothing_started(const planner_record& record) {
  return record.source == planner_source::builtin ? builtin_notice : not_started_notice;
}

}  // namespace

std::string instance_sandbox(const instance_info& instance, const sandbox_policy& policy) {
  if (is_empty(instance.posture)) return std::string{instance.process == 0 ? builtin_notice : unknown_notice};
  auto result = holding_and_missing(instance.posture);
  if (policy.mode != sandbox_mode::require || !instance.posture.missing.empty()) {
    result += " (" + setting_text(policy) + ")";
  }
  return printable(result);
}

std::string expected_sandbox(const planner_record& record, const sandbox_policy& policy) {
  if (record.source == planner_source::builtin) return std::string{builtin_notice};
  if (!is_empty(record.posture)) {
    auto result = holding_and_missing(record.posture);
    const bool is_all = policy.mode == sandbox_mode::require && record.posture.missing.empty();
    return printable(is_all ? result : result + " (" + setting_text(policy) + ")");
  }
  switch (policy.mode) {
    case sandbox_mode::require:
      return "not started; starts only with " + text::join(policy.required, ", ");
    case sandbox_mode::best:
      return "not started; starts with what there is (" + setting_text(policy) + ")";
    case sandbox_mode::off:
      break;
  }
  return "not started; starts without a sandbox (" + setting_text(policy) + ")";
}

std::string sandbox_cell(const planner_record& record) {
  if (is_empty(record.posture)) return record.source == planner_source::builtin ? "none" : "not started";
  if (record.posture.holds.size() == guarantees.size()) return "all";
  return printable(record.posture.holds.empty() ? std::string{"none"} : text::join(record.posture.holds, " "));
}

std::string posture_text(const sandbox_posture& posture, std::string_view nothing, const text_style& style,
                         std::size_t columns) {
  if (is_empty(posture)) return labelled("sandbox", nothing, style, columns);
  auto result = labelled("sandbox", printable(holding_and_missing(posture)), style, columns);
  std::string_view label = "layers";
  for (const auto& layer : posture.layers) {
    result += labelled(label, layer_text(layer), style, columns);
    label = "";
  }
  return result;
}

std::string permissions_text(const planner_record& record, const text_style& style, std::size_t columns) {
  const auto requested = list_text(record.requested);
  if (requested.empty()) return {};
  const auto granted = list_text(record.granted);
  const auto refused = list_text(ungranted(record.requested, record.granted));
  auto result = labelled("requested", printable(requested), style, columns);
  result += labelled("granted", granted.empty() ? "nothing" : printable(granted), style, columns);
  if (refused.empty()) return result;
  const bool can_be_granted = !record.grants_needed.empty();
  result += labelled("not granted", printable(refused) + (can_be_granted ? "; to grant it:" : ""), style, columns);
  return can_be_granted ? result + copied_line(export_line("FACTORY_GRANTS", {record.grants_needed})) : result;
}

std::string record_sandbox_text(const planner_record& record, const text_style& style, std::size_t columns) {
  return posture_text(record.posture, nothing_started(record), style, columns) +
         permissions_text(record, style, columns);
}

}  // namespace planguild::cli
