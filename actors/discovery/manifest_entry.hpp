// Reading the member "entry" of a manifest. Pure function, any thread. Internal to actors/discovery.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "actors/discovery/manifest.hpp"

namespace planguild {

class manifest_reader;

/// Fills `result.manifest.entry` and `result.files_given` from the whole manifest `object`, or refuses through
/// `reader`.
void read_entry(manifest_reader& reader, const nlohmann::json& object, parsed_manifest& result);

}  // namespace planguild
