// The sandbox in words: the setting as text and back, and what a posture amounts to. Pure functions, any thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "messages/planner.hpp"
#include "messages/sandbox.hpp"

namespace planguild {

/// Every guarantee, in its order.
inline constexpr std::array<std::string_view, 4> guarantees{no_host_reads, no_host_writes, no_network, no_secrets};

/// What FACTORY_SANDBOX takes, as a message says it.
inline constexpr std::string_view sandbox_accepted =
    "require, require:GUARANTEE,… (each once, of no-host-reads, no-host-writes, no-network, no-secrets), best or off";

/// Reads FACTORY_SANDBOX; empty is the default, `require`. None: an unknown word, an unknown or repeated guarantee, or
/// no guarantee after the colon.
std::optional<sandbox_policy> sandbox_policy_from(std::string_view text);

/// `policy` as FACTORY_SANDBOX takes it: `require` alone stands for all guarantees.
std::string sandbox_policy_text(const sandbox_policy& policy);

/// The guarantees that hold, separated by ", "; "none" if none does, or nothing was put on.
std::string sandbox_text(const sandbox_posture& posture);

/// The guarantees that `policy` requires and `posture` lacks, in their order; empty with `best` and `off`.
std::vector<std::string> missing_guarantees(const sandbox_policy& policy, const sandbox_posture& posture);

}  // namespace planguild
