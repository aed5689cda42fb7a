// Catalogues of planners and requests for benchmarks, made from a seed. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "messages/selection.hpp"
#include "messages/snapshot.hpp"

namespace planguild::bench {

/// `planners` records, each offering 4 to 8 of `capabilities` capabilities, with reliabilities, tiers and readiness as
/// a catalogue that has been used for a while has them; all are candidates.
std::vector<snapshot_row> make_rows(std::size_t planners, std::size_t capabilities, std::uint64_t seed);

/// Requests of two capabilities that some planner offers together.
std::vector<select_request> make_requests(const std::vector<snapshot_row>& rows, std::size_t count, std::uint64_t seed);

}  // namespace planguild::bench
