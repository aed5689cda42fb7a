// The bounds of rpc, each with its unit and why it has this value. Pure values, any thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "messages/limits.hpp"

namespace planguild::rpc_limits {

/// A request may carry a whole deep context as text; escaped, it is at most twice as long (compact JSON has no control
/// characters). The rest is room for the objective and the names.
inline constexpr std::size_t line_bytes_max = 2 * limits::context_bytes_max + std::size_t{1'024} * 1'024;
/// What a client of ours accepts as an answer: the longest there is, diagnostics of limits::planners_max planners.
inline constexpr std::size_t reply_bytes_max = std::size_t{512} * 1'024 * 1'024;
inline constexpr std::size_t depth_max = limits::protocol_depth_max;
/// A plan is one level deeper in an answer than in the line of the planner that sent it.
inline constexpr std::size_t reply_depth_max = depth_max + 1;
/// An id is echoed and kept while its request runs.
inline constexpr std::size_t id_bytes_max = 1'024;

inline constexpr std::size_t clients_max = 256;
/// Operations of one client that run at once; more of them wait for their turn.
inline constexpr std::size_t in_flight_per_client_max = 256;
/// Requests of one client that wait for their turn, and their bytes; over it nothing is read from that client.
inline constexpr std::size_t waiting_per_client_max = 4'096;
inline constexpr std::size_t waiting_bytes_per_client_max = std::size_t{16} * 1'024 * 1'024;
/// Answers that a client does not read; over it, with yet another one to come and nothing read for `read_pause_ms`, the
/// client is dropped.
inline constexpr std::size_t backlog_bytes_max = std::size_t{8} * 1'024 * 1'024;
inline constexpr std::int64_t read_pause_ms = 1'000;
/// A client with answers to read that takes none of them for so long is dropped.
inline constexpr std::int64_t write_stall_ms = 30'000;
/// Of all clients together: unfinished lines, requests that run or wait, answers that wait. Over it the client that
/// holds most is dropped.
inline constexpr std::size_t held_bytes_max = std::size_t{256} * 1'024 * 1'024;

/// Bytes read from one client before the next one's turn.
inline constexpr std::size_t read_bytes_per_turn = std::size_t{64} * 1'024;
/// Ends of operations that are taken before the clients' turn.
inline constexpr std::size_t drained_per_turn = 4'096;
inline constexpr std::int64_t drain_ms_per_turn = 50;
/// While the process has no descriptor left, connections are let wait for so long.
inline constexpr std::int64_t accept_pause_ms = 100;

/// After a stop: running operations may end within this, then they are given up. With the runtime's own end (5 s) it
/// must fit into the 8 s that an interrupted command has.
inline constexpr std::int64_t stop_drain_ms = 2'000;

/// Of an operation that has no timeout of its own.
inline constexpr std::int64_t control_ms = 10'000;
/// An answer is awaited a little longer than its request's own timeout, so that the registry's own, more telling,
/// failure comes first; the client waits a little longer than the server.
inline constexpr std::int64_t reply_margin_ms = 1'000;
inline constexpr std::int64_t client_margin_ms = 5'000;

static_assert(waiting_bytes_per_client_max > line_bytes_max);
static_assert(backlog_bytes_max < held_bytes_max);

}  // namespace planguild::rpc_limits
