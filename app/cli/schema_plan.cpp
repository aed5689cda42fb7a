// The schema of plans. Owned by the command; pure function, any thread.
#include <nlohmann/json.hpp>

#include "app/cli/schema.hpp"
#include "messages/limits.hpp"

namespace planguild::cli {
namespace {

constexpr const char* plan_text = R"json({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "planguild plan",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "objective": {"description": "The objective that the plan is for.", "type": "string"},
    "tasks": {"description": "None: nothing to do.", "type": "array", "items": {"$ref": "#/$defs/task"}},
    "evidence": {
      "description": "What the plan as a whole rests on.",
      "type": "array",
      "items": {"$ref": "#/$defs/evidence"}
    },
    "meta": {"description": "Whatever the planner wants to add.", "type": "object"},
    "order": {
      "description": "Ids of all tasks, each after what it depends on. Added by planguild; not to be sent.",
      "type": "array",
      "items": {"type": "string"}
    },
    "critical_path": {
      "description": "Ids of the longest chain by effort (S 1, M 2, L 4). Added by planguild; not to be sent.",
      "type": "array",
      "items": {"type": "string"}
    }
  },
  "$defs": {
    "path": {
      "description": "A path relative to the repository, without \"..\"; empty: none.",
      "type": "string",
      "not": {"pattern": "^/|(^|/)\\.\\.(/|$)"}
    },
    "task": {
      "type": "object",
      "additionalProperties": false,
      "required": ["id"],
      "properties": {
        "id": {
          "description": "Unique within the plan, not blank.",
          "type": "string",
          "pattern": "[^ \\t\\n\\r\\u000b\\f]"
        },
        "title": {"description": "The task in a few words.", "type": "string"},
        "description": {"description": "What to do.", "type": "string"},
        "kind": {"description": "A label of the planner's choice.", "type": "string"},
        "target": {"description": "The file or folder that the task is about.", "$ref": "#/$defs/path"},
        "depends_on": {"description": "Ids of tasks that come first.", "type": "array", "items": {"type": "string"}},
        "risk": {"description": "How much can go wrong.", "enum": ["low", "medium", "high"], "default": "low"},
        "effort": {"description": "Small, medium or large.", "enum": ["S", "M", "L"], "default": "S"},
        "evidence": {"description": "What the task rests on.", "type": "array", "items": {"$ref": "#/$defs/evidence"}}
      }
    },
    "evidence": {
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "file": {"description": "Where it was seen.", "$ref": "#/$defs/path"},
        "line": {"description": "Line in that file, from 1.", "type": ["integer", "null"]},
        "text": {"description": "What was seen.", "type": "string"}
      }
    }
  }
})json";

constexpr const char* plan_description =
    "What a planner answers to generate_plan, and what planguild prints. Beyond this schema: ids are unique, "
    "dependencies "
    "name tasks and form no cycle, files are inside the repository, and a plan without tasks (nothing to do) has "
    "evidence.";

}  // namespace

nlohmann::ordered_json plan_schema() {
  auto schema = nlohmann::ordered_json::parse(plan_text);
  schema["description"] = plan_description;
  schema["properties"]["tasks"]["maxItems"] = limits::plan_tasks_max;
  return schema;
}

}  // namespace planguild::cli
