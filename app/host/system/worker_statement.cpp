// Reads a worker's statement. See the header.
#include "app/host/system/worker_statement.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/worker/layers.hpp"
#include "messages/enums.hpp"
#include "messages/json.hpp"

namespace planguild {
namespace {

failure malformed(const std::string& why) {
  return make_failure(failure_code::protocol_error, "its statement of the sandbox is malformed: " + why);
}

}  // namespace

outcome<std::vector<sandbox_layer>> parse_statement(std::string_view line) {
  constexpr std::size_t depth_max = 3;  // object, list of layers, layer
  const auto json = parse_json(line, {worker_layers::statement_bytes_max, depth_max}, failure_code::protocol_error);
  if (!json) return malformed(json.error->message);
  if (!json->is_object() || json->size() != 2 || !json->contains("planguild_worker") || !json->contains("layers")) {
    return malformed("it is not an object with exactly the keys planguild_worker and layers");
  }
  if ((*json)["planguild_worker"] != 1) return malformed("its version is not 1");
  const auto& stated = (*json)["layers"];
  if (!stated.is_array() || stated.size() != worker_layers::all.size()) {
    return malformed("it does not name every layer once");
  }
  std::vector<sandbox_layer> layers;
  layers.reserve(stated.size());
  for (std::size_t index = 0; index < stated.size(); ++index) {
    const auto& entry = stated[index];
    const std::string name(worker_layers::all.at(index));
    const auto is_text = [](const auto& value) { return value.is_string(); };
    if (!entry.is_array() || entry.size() != 3 || !std::all_of(entry.begin(), entry.end(), is_text) ||
        entry[0].get<std::string>() != name) {
      return malformed("entry " + std::to_string(index) + " is not [\"" + name + "\", state, detail]");
    }
    auto state = layer_state::off;
    if (!from_string(entry[1].get<std::string>(), state))
      return malformed("the state of " + name + " is none of active, unavailable, off");
    layers.push_back({name, state, entry[2].get<std::string>()});
  }
  return layers;
}

void add_notes(std::vector<sandbox_layer>& layers, const std::vector<layer_note>& notes) {
  for (const layer_note& note : notes) {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&note](const auto& layer) { return layer.name == note.layer; });
    if (found == layers.end()) continue;
    if (note.never_asked && found->state == layer_state::off) found->state = layer_state::unavailable;
    if (!found->detail.empty()) found->detail += "; ";
    found->detail += note.text;
  }
}

}  // namespace planguild
