// Strict, bounded JSON: the one reader for everything that comes from outside (manifests, configuration, protocol
// lines, contexts, requests). Pure functions, any thread; nothing throws.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "messages/failure.hpp"

namespace planguild {

struct json_bounds {
  std::size_t bytes_max;
  std::size_t depth_max;  // objects and arrays inside one another
};

/// Parses one JSON text. Refuses, with `code` and a message that names line and column: anything but exactly one value,
/// duplicate keys, invalid UTF-8, numbers that no double holds, and NUL in keys. A text over `bounds` fails with `code`
/// too, naming the bound. `where` (a path or label) goes into the failure.
outcome<nlohmann::json> parse_json(std::string_view text, const json_bounds& bounds, failure_code code,
                                   std::string_view where = {});

/// One-line JSON; invalid UTF-8 becomes U+FFFD. Never throws.
std::string dump_json(const nlohmann::json& value);
std::string dump_json(const nlohmann::ordered_json& value, int indent = -1);

/// The JSON of a message (definitions for every message type are in json.cpp). Keys are the field names; optional
/// fields without a value are null; enumerations are their texts; doubles are printed so that they read back the same.
template <class Message>
nlohmann::ordered_json to_json(const Message& message);

/// Reads a message strictly: an unknown key, a wrong type, a number out of range or an unknown enumerator is
/// `invalid_request` whose `where` is the path (`request.required_capabilities[2]`). Absent keys keep their defaults.
template <class Message>
outcome<Message> from_json(const nlohmann::json& json, std::string_view path = {});

}  // namespace planguild
