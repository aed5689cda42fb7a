// Plans as people and planners see them. Pure functions, any thread.
#include "messages/plan_json.hpp"

#include <array>
#include <utility>

#include "messages/json_fields.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace json_fields {
namespace {

/// An object, or the text that stands where there is none.
problem read_meta(const nlohmann::json& json, std::string& meta, const json_path& path) {
  if (json.is_object()) {
    meta = dump_json(json);
    return {};
  }
  return json.is_string() ? read_field(json, meta, path) : wrong_kind(path, "an object", json);
}

}  // namespace

nlohmann::ordered_json write_field(const plan& made) {
  auto result = write_field<plan>(made);
  const auto meta = parse_json(made.meta, {limits::plan_bytes_max, limits::protocol_depth_max}, failure_code::internal);
  if (meta && meta->is_object()) result["meta"] = nlohmann::ordered_json(*meta);
  return result;
}

problem read_field(const nlohmann::json& json, plan& made, const json_path& path) {
  if (!json.is_object()) return wrong_kind(path, "an object", json);
  constexpr std::string_view meta_name = "meta";
  auto rest = json;
  const auto meta = rest.find(meta_name);
  if (meta == rest.end()) return read_field<plan>(rest, made, path);
  std::string text;
  if (auto wrong = read_meta(*meta, text, json_path{&path, meta_name})) return wrong;
  *meta = std::move(text);
  return read_field<plan>(rest, made, path);
}

}  // namespace json_fields

outcome<plan> plan_from_json(const nlohmann::json& json, std::string_view path) {
  using namespace json_fields;
  constexpr std::array<std::string_view, 4> names = {"objective", "tasks", "evidence", "meta"};
  const json_path root{nullptr, path};
  if (!json.is_object()) return wrong_kind(root, "an object", json);
  for (const std::string_view added : {"order", "critical_path"}) {
    if (json.contains(added)) return refused(json_path{&root, added}, "is added by the host and not accepted here");
  }
  plan result;
  std::size_t known = 0;
  if (auto wrong = read_member(json, names[0], result.objective, known, root)) return *wrong;
  if (auto wrong = read_member(json, names[1], result.tasks, known, root)) return *wrong;
  if (auto wrong = read_member(json, names[2], result.evidence, known, root)) return *wrong;
  if (const auto meta = json.find(names[3]); meta != json.end()) {
    if (!meta->is_object()) return wrong_kind(json_path{&root, names[3]}, "an object", *meta);
    result.meta = dump_json(*meta);
    ++known;
  }
  if (known != json.size()) return first_unknown_key(json, names.data(), names.size(), root);
  return result;
}

}  // namespace planguild
