// What layers amount to: a table of postures and the guarantees that follow, and what is said when one is missing.
#include "app/host/system/guarantees.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "app/worker/layers.hpp"

using namespace planguild;

namespace {

using names = std::vector<std::string>;

/// Every layer of the contract; those in `active` are active with their details, the rest is off.
std::vector<sandbox_layer> layers(const std::map<std::string, std::string>& active) {
  std::vector<sandbox_layer> result;
  for (const std::string_view name : worker_layers::all) {
    const auto found = active.find(std::string(name));
    result.push_back({std::string(name), found == active.end() ? layer_state::off : layer_state::active,
                      found == active.end() ? "" : found->second});
  }
  return result;
}

names held(const std::map<std::string, std::string>& active, const planner_permissions& grants = {}) {
  return judge_layers(layers(active), grants).holds;
}

const names everything{"no-host-reads", "no-host-writes", "no-network", "no-secrets"};

}  // namespace

TEST_CASE("Landlock and the filter together give everything, whatever Landlock's version is") {
  CHECK(held({{"no_new_privileges", ""}, {"landlock", "abi 1"}, {"seccomp", ""}}) == everything);
  CHECK(held({{"no_new_privileges", ""}, {"landlock", "abi 7; not there: /data"}, {"seccomp", ""}}) == everything);
}

TEST_CASE("Nothing holds without no_new_privileges, and nothing without layers") {
  CHECK(held({{"landlock", "abi 7"}, {"seccomp", ""}, {"uid", "uid 61184"}}).empty());
  CHECK(held({}).empty());
  CHECK(judge_layers({}, {}).missing == everything);
}

TEST_CASE("Each guarantee has its alternatives") {
  const std::string nnp = "no_new_privileges";
  CHECK(held({{nnp, ""}, {"landlock", "abi 2"}}) == names{"no-host-reads", "no-secrets"});
  CHECK(held({{nnp, ""}, {"seccomp", ""}}) == names{"no-host-writes", "no-network"});
  CHECK(held({{nnp, ""}, {"mount_namespace", ""}}) == names{"no-host-reads"});
  CHECK(held({{nnp, ""}, {"mount_namespace", ""}, {"pid_namespace", ""}}) == names{"no-host-reads", "no-secrets"});
  CHECK(held({{nnp, ""}, {"uid", "uid 61184"}}) == names{"no-secrets"});
  CHECK(held({{nnp, ""}, {"uid", "uid 61184"}, {"landlock", "abi 2"}}) == names{"no-host-reads", "no-secrets"});
  CHECK(held({{nnp, ""}, {"uid", "uid 61184"}, {"landlock", "abi 3"}}) ==
        names{"no-host-reads", "no-host-writes", "no-secrets"});
}

TEST_CASE("An empty network of its own is no alternative to the filter: sockets that are files are reached from it") {
  const auto posture = judge_layers(layers({{"no_new_privileges", ""},
                                            {"network_namespace", ""},
                                            {"landlock", "abi 7"},
                                            {"uid", "uid 61184"},
                                            {"mount_namespace", ""},
                                            {"pid_namespace", ""}}),
                                    {});
  CHECK(posture.missing == names{"no-network"});
  CHECK(why_insufficient({}, posture, {}, "mine").find("no-network needs seccomp (off). To go on") !=
        std::string::npos);
}

TEST_CASE("A grant needs a layer that keeps it narrow") {
  planner_permissions writes;
  writes.write = {"/data"};
  planner_permissions network;
  network.network = {443};
  const auto with = [](const char* abi) {
    return std::map<std::string, std::string>{{"no_new_privileges", ""}, {"seccomp", ""}, {"landlock", abi}};
  };
  CHECK(held(with("abi 2"), writes) == names{"no-host-reads", "no-network", "no-secrets"});
  CHECK(held(with("abi 3"), writes) == everything);
  CHECK(held(with("abi 3"), network) == names{"no-host-reads", "no-host-writes", "no-secrets"});
  CHECK(held(with("abi 4"), network) == everything);
  CHECK(held({{"no_new_privileges", ""}, {"network_namespace", ""}, {"landlock", "abi 6"}}, network) ==
        names{"no-host-reads", "no-secrets"});
}

TEST_CASE("A layer that is unavailable gives nothing, whatever its detail says") {
  auto all = layers({{"no_new_privileges", ""}, {"seccomp", ""}, {"landlock", "abi 7"}});
  for (sandbox_layer& layer : all) {
    if (layer.name == "landlock") layer.state = layer_state::unavailable;
  }
  CHECK(judge_layers(all, {}).holds == names{"no-host-writes", "no-network"});
}

TEST_CASE("What is missing is said with the reason and the exact setting that goes on without it") {
  auto all = layers({{"no_new_privileges", ""}, {"seccomp", ""}, {"landlock", ""}});
  for (sandbox_layer& layer : all) {
    if (layer.name == "landlock") layer = {"landlock", layer_state::unavailable, "ENOSYS"};
  }
  sandbox_policy policy;
  const auto posture = judge_layers(all, {});
  CHECK(why_insufficient(policy, posture, {}, "mine") ==
        "planner \"mine\" was not started: this machine does not give no-host-reads, no-secrets; no-host-reads needs "
        "landlock (unavailable: ENOSYS), or mount_namespace (off); no-secrets needs landlock (unavailable: ENOSYS), or "
        "uid (off), or mount_namespace (off) with pid_namespace (off). To go on without them, set "
        "FACTORY_SANDBOX=require:no-host-writes,no-network; to go on with whatever there is, set FACTORY_SANDBOX=best");
  policy.required = {"no-host-writes", "no-network"};
  CHECK(why_insufficient(policy, posture, {}, "mine").empty());
  policy.required = {"no-secrets"};
  CHECK(
      why_insufficient(policy, posture, {}, "mine") ==
      "planner \"mine\" was not started: this machine does not give no-secrets; no-secrets needs landlock "
      "(unavailable: ENOSYS), or uid (off), or mount_namespace (off) with pid_namespace (off). To go on with whatever "
      "there is, set FACTORY_SANDBOX=best");
  policy.mode = sandbox_mode::best;
  CHECK(why_insufficient(policy, posture, {}, "mine").empty());
  policy.mode = sandbox_mode::off;
  CHECK(why_insufficient(policy, {}, {}, "mine").empty());
}

TEST_CASE("A Landlock that is too old is named with the version that would do") {
  planner_permissions network;
  network.network = {443};
  sandbox_policy policy;
  const auto posture =
      judge_layers(layers({{"no_new_privileges", ""}, {"seccomp", ""}, {"landlock", "abi 2"}}), network);
  const std::string text = why_insufficient(policy, posture, network, "mine");
  CHECK(text.find("no-network needs seccomp with landlock from version 4 on (here: abi 2).") != std::string::npos);
  CHECK(text.find("FACTORY_SANDBOX=require:no-host-reads,no-host-writes,no-secrets;") != std::string::npos);
}
