// What the layers around a process amount to. See the header.
#include "app/host/system/guarantees.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "app/worker/layers.hpp"
#include "messages/sandbox_text.hpp"

namespace planguild {
namespace {

/// One layer that an alternative needs, in this version of Landlock or later.
struct needed_layer {
  std::string_view name;
  int landlock_abi_min = 0;
};
using alternative = std::vector<needed_layer>;  // all of them

struct guarantee_rule {
  std::string_view guarantee;
  std::vector<alternative> alternatives;  // any of them
};

/// Landlock rules truncation from its third version on and TCP from its fourth. What changes modes and owners is the
/// filter's alone (or another user's). So is the network: an empty one of its own has neither TCP nor UDP, but sockets
/// that are files, and those of virtual machines, are reached from any.
std::vector<guarantee_rule> rules_for(const planner_permissions& grants) {
  using namespace worker_layers;
  constexpr int rules_truncation = 3;
  constexpr int rules_tcp = 4;
  const alternative another_user{{landlock, rules_truncation}, {uid}};
  std::vector<alternative> writes{{{seccomp}}, another_user};
  if (!grants.write.empty()) writes = {{{seccomp}, {landlock, rules_truncation}}, another_user};
  std::vector<alternative> network{{{seccomp}}};
  if (!grants.network.empty()) network = {{{seccomp}, {landlock, rules_tcp}}};
  return {{no_host_reads, {{{landlock}}, {{mount_namespace}}}},
          {no_host_writes, std::move(writes)},
          {no_network, std::move(network)},
          {no_secrets, {{{landlock}}, {{uid}}, {{mount_namespace}, {pid_namespace}}}}};
}

const sandbox_layer* find_layer(const std::vector<sandbox_layer>& layers, std::string_view name) {
  const auto found =
      std::find_if(layers.begin(), layers.end(), [name](const auto& layer) { return layer.name == name; });
  return found == layers.end() ? nullptr : &*found;
}

/// The version in "abi 7; …"; 0 if there is none.
int landlock_abi(const sandbox_layer& layer) {
  constexpr std::string_view prefix = "abi ";
  int abi = 0;
  if (layer.detail.starts_with(prefix)) {
    std::from_chars(layer.detail.data() + prefix.size(), layer.detail.data() + layer.detail.size(), abi);
  }
  return abi;
}

bool is_on(const std::vector<sandbox_layer>& layers, const needed_layer& needed) {
  const sandbox_layer* layer = find_layer(layers, needed.name);
  if (layer == nullptr || layer->state != layer_state::active) return false;
  return needed.landlock_abi_min == 0 || landlock_abi(*layer) >= needed.landlock_abi_min;
}

bool is_given(const std::vector<sandbox_layer>& layers, const guarantee_rule& rule) {
  return is_on(layers, {worker_layers::no_new_privileges}) &&
         std::any_of(rule.alternatives.begin(), rule.alternatives.end(), [&layers](const alternative& all) {
           return std::all_of(all.begin(), all.end(), [&layers](const auto& needed) { return is_on(layers, needed); });
         });
}

/// "landlock from version 4 on (here: abi 2)", "seccomp (unavailable: EINVAL)", "uid (off: only root
/// can change the user)"; just the name if it holds.
std::string describe(const std::vector<sandbox_layer>& layers, const needed_layer& needed) {
  std::string text(needed.name);
  if (is_on(layers, needed)) return text;
  const sandbox_layer* layer = find_layer(layers, needed.name);
  if (layer == nullptr) return text + " (off)";
  if (layer->state == layer_state::active) {
    return text + " from version " + std::to_string(needed.landlock_abi_min) + " on (here: " + layer->detail + ")";
  }
  return text + " (" + std::string(to_string(layer->state)) + (layer->detail.empty() ? "" : ": " + layer->detail) + ")";
}

std::string join(const std::vector<std::string>& texts, std::string_view between) {
  std::string result;
  for (const std::string& text : texts) {
    if (!result.empty()) result.append(between);
    result.append(text);
  }
  return result;
}

/// What would give a guarantee, with the state of what is lacking.
std::string describe(const std::vector<sandbox_layer>& layers, const guarantee_rule& rule) {
  const needed_layer first{worker_layers::no_new_privileges};
  if (!is_on(layers, first)) return describe(layers, first);
  std::vector<std::string> ways;
  ways.reserve(rule.alternatives.size());
  for (const alternative& all : rule.alternatives) {
    std::vector<std::string> needed;
    needed.reserve(all.size());
    for (const needed_layer& layer : all) needed.push_back(describe(layers, layer));
    ways.push_back(join(needed, " with "));
  }
  return join(ways, ", or ");
}

}  // namespace

sandbox_posture judge_layers(std::vector<sandbox_layer> layers, const planner_permissions& grants) {
  sandbox_posture posture;
  for (const guarantee_rule& rule : rules_for(grants)) {
    (is_given(layers, rule) ? posture.holds : posture.missing).emplace_back(rule.guarantee);
  }
  posture.layers = std::move(layers);
  return posture;
}

std::string why_insufficient(const sandbox_policy& policy, const sandbox_posture& posture,
                             const planner_permissions& grants, std::string_view planner) {
  if (policy.mode != sandbox_mode::require) return {};
  std::vector<std::string> missing;
  std::vector<std::string> reasons;
  std::vector<std::string> rest;
  for (const guarantee_rule& rule : rules_for(grants)) {
    const std::string name(rule.guarantee);
    if (std::find(policy.required.begin(), policy.required.end(), name) == policy.required.end()) continue;
    if (std::find(posture.holds.begin(), posture.holds.end(), name) != posture.holds.end()) {
      rest.push_back(name);
      continue;
    }
    missing.push_back(name);
    reasons.push_back(name + " needs " + describe(posture.layers, rule));
  }
  if (missing.empty()) return {};
  std::string text = "planner \"" + std::string(planner) + "\" was not started: this machine does not give " +
                     join(missing, ", ") + "; " + join(reasons, "; ") + ". To go on ";
  if (!rest.empty()) {
    text += std::string("without ") + (missing.size() == 1 ? "it" : "them") +
            ", set FACTORY_SANDBOX=" + sandbox_policy_text({sandbox_mode::require, rest}) + "; to go on ";
  }
  return text + "with whatever there is, set FACTORY_SANDBOX=best";
}

}  // namespace planguild
