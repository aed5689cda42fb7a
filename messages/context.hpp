// The deep context at the edge: free JSON text in, the two facts that ranking needs out. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "messages/failure.hpp"
#include "messages/selection.hpp"

namespace planguild {

/// A JSON value as an integer, leniently: integers as they are (saturated at 64 bits), true/false 1/0, floats cut
/// toward zero and saturated (NaN: the fallback), text with optional ASCII white space, sign and decimal digits;
/// anything else `fallback`.
std::int64_t lenient_integer(const nlohmann::json& value, std::int64_t fallback);

/// As above for a double that JSON cannot hold: infinities and NaN give the fallback, as in to_int.json.
std::int64_t lenient_integer(double value, std::int64_t fallback);

/// Facts of an already parsed context. Anything but an object is no context: no facts.
context_facts context_facts_of(const nlohmann::json& context);

/// Parses `text` (empty: no context; at most limits::context_bytes_max, limits::context_depth_max deep).
/// Fails with `invalid_request` naming what is wrong with the JSON.
outcome<context_facts> context_facts_of(std::string_view text);
/// So that a std::string is not taken for a JSON string.
inline outcome<context_facts> context_facts_of(const std::string& text) {
  return context_facts_of(std::string_view{text});
}

}  // namespace planguild
