// The sandbox as text: what holds around a planner's process, layer by layer, and what it was granted. Owned by the
// command; pure functions, any thread.
#pragma once

#include <string>

#include "app/cli/text_layout.hpp"
#include "messages/instantiation.hpp"
#include "messages/planner.hpp"
#include "messages/sandbox.hpp"

namespace planguild::cli {

/// What holds for a live instance: its guarantees, what is missing of the four, and the setting where it is not that
/// everything is required.
std::string instance_sandbox(const instance_info& instance, const sandbox_policy& policy);

/// What will hold once `record`'s planner is started under `policy`; of one that was started already, what held.
std::string expected_sandbox(const planner_record& record, const sandbox_policy& policy);

/// As one cell of a table: "all", the guarantees that hold, "none", or that nothing was started yet.
std::string sandbox_cell(const planner_record& record);

/// Labelled lines: what holds and what is missing, then each layer with its state and detail. `nothing` is said of a
/// posture that is empty.
std::string posture_text(const sandbox_posture& posture, std::string_view nothing, const text_style& style,
                         std::size_t columns);

/// The above of a record, then what its manifest requests, what it is granted, and the setting that grants the rest.
std::string record_sandbox_text(const planner_record& record, const text_style& style, std::size_t columns);
/// The latter alone.
std::string permissions_text(const planner_record& record, const text_style& style, std::size_t columns);

}  // namespace planguild::cli
