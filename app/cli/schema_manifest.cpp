// The schema of planner manifests. Owned by the command; pure function, any thread.
#include <nlohmann/json.hpp>

#include "app/cli/schema.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

constexpr const char* manifest_text = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "planguild planner manifest",
  "description": "Describes one planner; reading it runs nothing. Unknown keys are ignored with a warning.",
  "type": "object",
  "required": ["name", "version", "entry"],
  "properties": {
    "name": {
      "description": "The planner's name, equal to NAME of the file. Compared trimmed and in lower case.",
      "type": "string",
      "pattern": "^[ \\t\\n\\r\\u000b\\f]*[A-Za-z0-9_][A-Za-z0-9_-]{2,63}[ \\t\\n\\r\\u000b\\f]*$"
    },
    "version": {
      "description": "The planner's version; the planner states the same in its handshake.",
      "type": "string",
      "pattern": "[^ \\t\\n\\r\\u000b\\f]"
    },
    "description": {"description": "What the planner is good at.", "type": "string"},
    "capabilities": {
      "description": "What it offers, compared trimmed and in lower case. Blanks are dropped with a warning.",
      "type": ["array", "null"],
      "items": {"type": "string"}
    },
    "tags": {"description": "Free labels.", "type": ["array", "null"], "items": {"type": "string"}},
    "tier": {
      "description": "alpha, beta, stable, gold or vip, in any case, change the score; other text does not.",
      "type": "string",
      "examples": ["alpha", "beta", "stable", "gold", "vip"]
    },
    "risk_rating": {"description": "A label for people.", "type": "string"},
    "production_ready": {"description": "Whether it may be used in production.", "type": "boolean", "default": false},
    "self_test": {"description": "Whether it answers self_test.", "type": "boolean", "default": false},
    "timeout_s": {"description": "Seconds that one plan may take.", "type": "number", "exclusiveMinimum": 0},
    "permissions": {
      "description": "What the planner asks for beyond its sandbox. It gets what FACTORY_GRANTS grants of it.",
      "type": "object",
      "properties": {
        "network": {
          "description": "TCP ports.",
          "type": "array",
          "items": {"type": "integer", "minimum": 1, "maximum": 65535}
        },
        "read": {"description": "Absolute paths it reads.", "type": "array", "items": {"type": "string"}},
        "write": {"description": "Absolute paths it writes.", "type": "array", "items": {"type": "string"}}
      }
    },
    "entry": {
      "description": "How the planner is started: a command, or a library that is loaded into a process of its own.",
      "type": "object",
      "required": ["kind"],
      "if": {"properties": {"kind": {"const": "library"}}},
      "then": {"required": ["path"]},
      "else": {"required": ["argv"]},
      "properties": {
        "kind": {
          "description": "A program that speaks planner protocol 1, or a shared object that exports planguild_planner.",
          "enum": ["command", "library"]
        },
        "argv": {
          "description": "A command's program and arguments. With a slash: beside the manifest; else in /usr/bin or /bin.",
          "type": "array",
          "minItems": 1,
          "items": {"type": "string", "not": {"pattern": "(^|/)\\.\\.(/|$)"}},
          "prefixItems": [{"type": "string", "minLength": 1, "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"}}]
        },
        "path": {
          "description": "Of a library: the shared object, relative to the manifest's folder.",
          "type": "string",
          "minLength": 1,
          "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"}
        },
        "files": {
          "description": "What the digest covers. Default: every argument that names a file. A library is always first.",
          "type": "array",
          "items": {"type": "string", "minLength": 1, "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"}}
        }
      }
    },
    "sha256": {
      "description": "If given, the digest of the covered files must be this (see `planguild lint`).",
      "type": "string",
      "pattern": "^[0-9A-Fa-f]{64}$"
    }
  }
})json";

}  // namespace

nlohmann::ordered_json manifest_schema() {
  auto schema = nlohmann::ordered_json::parse(manifest_text);
  auto& properties = schema["properties"];
  properties["capabilities"]["maxItems"] = limits::capabilities_per_planner_max;
  properties["tags"]["maxItems"] = limits::capabilities_per_planner_max;
  properties["entry"]["properties"]["files"]["maxItems"] = limits::entry_files_max;
  properties["entry"]["properties"]["files"]["uniqueItems"] = true;
  return schema;
}

}  // namespace planguild::cli
