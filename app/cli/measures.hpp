// Durations, sizes and moments as people read them. Owned by the command; pure functions, any thread.
#pragma once

#include <cstdint>
#include <string>

namespace planguild::cli {

/// A short duration in the unit that suits it: "12.3 µs", "4.56 ms", "1.20 s", "3 min 20 s". Negative and non-finite
/// values are "-".
std::string duration_text(double seconds);

/// A long duration in its two largest units: "3.2 s", "4 min 5 s", "7 h 12 min", "3 d 4 h".
std::string uptime_text(double seconds);

/// "512 B", "28.4 MiB".
std::string bytes_text(std::uint64_t bytes);

/// How often something happens: "0", "0.25", "18.4", "12,345", each per second. Negative and non-finite values are "-".
std::string rate_text(double per_second);

/// A moment of the wall clock (seconds since 1970) as "2026-11-24 10:11:55 UTC"; "-" where no calendar has it.
std::string moment_text(double seconds);

/// The same as the time of its day with milliseconds, "10:11:55.250", for samples of one report.
std::string time_of_day_text(double seconds);

}  // namespace planguild::cli
