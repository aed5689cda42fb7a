// What is wrong with a request that ranking answers all the same: capabilities that nobody offers. Pure functions of a
// snapshot; any thread.
#pragma once

#include <string>
#include <vector>

#include "actors/registry/ranking_table.hpp"
#include "messages/snapshot.hpp"

namespace planguild {

/// A sentence for each required capability that no row of `view` that can be chosen offers: who offers it and why
/// that does not count, or, if nobody does, the capabilities that there are and that look like it. At most
/// limits::capability_warnings_max sentences, the last of which counts the rest.
std::vector<std::string> capability_warnings(const snapshot& view, const ranking_request& request);

}  // namespace planguild
