// What holds a planner's process in: the policy that an operator sets, the layers that the kernel really gave, and the
// guarantees that follow from them. Pure values, any thread. The layers are put on by app/worker, before any byte of
// the planner runs; what they amount to is decided by app/host/system/guarantees.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "messages/enums.hpp"
#include "messages/fields.hpp"

namespace planguild {

enum class sandbox_mode : std::uint8_t {
  require,  // a planner starts only if every required guarantee holds
  best,     // it starts with what there is, and every surface says what that is
  off,      // no layer is put on; it still gets a new environment and no descriptor of the host
};
PLANGUILD_ENUM(sandbox_mode, require, best, off);

/// The guarantees by their names, in this order everywhere.
inline constexpr std::string_view no_host_reads = "no-host-reads";  // of files beyond its own, the system's and grants
inline constexpr std::string_view no_host_writes = "no-host-writes";  // of any file beyond grants
inline constexpr std::string_view no_network = "no-network";          // beyond granted TCP ports
inline constexpr std::string_view no_secrets = "no-secrets";  // of the host's environment, descriptors and memory

/// FACTORY_SANDBOX: `require[:GUARANTEE,…]`, `best` or `off`.
struct sandbox_policy {
  sandbox_mode mode = sandbox_mode::require;
  std::vector<std::string> required{std::string{no_host_reads}, std::string{no_host_writes}, std::string{no_network},
                                    std::string{no_secrets}};  // with `require` only; never empty then
  bool operator==(const sandbox_policy&) const = default;
};
PLANGUILD_FIELDS(sandbox_policy, mode, required);

enum class layer_state : std::uint8_t {
  active,       // put on, and the worker saw that it is
  unavailable,  // asked for, but the kernel or the container refused; `detail` says how
  off,          // not asked for
};
PLANGUILD_ENUM(layer_state, active, unavailable, off);

/// One layer as the worker stated it before any byte of the planner ran.
struct sandbox_layer {
  std::string name;  // one of app/worker/layers.hpp: "landlock", "seccomp", "user_namespace", …
  layer_state state = layer_state::off;
  std::string detail;  // "abi 7", "uid 61184", "ENOSYS"; empty where there is nothing to say
  bool operator==(const sandbox_layer&) const = default;
};
PLANGUILD_FIELDS(sandbox_layer, name, state, detail);

/// What is in force around one process.
struct sandbox_posture {
  std::vector<sandbox_layer> layers;
  std::vector<std::string> holds;    // guarantees, in their order
  std::vector<std::string> missing;  // the rest of the four
  bool operator==(const sandbox_posture&) const = default;
};
PLANGUILD_FIELDS(sandbox_posture, layers, holds, missing);

}  // namespace planguild
