// Where the configuration comes from: a JSON file, the environment and whatever the host sets besides, in this order,
// the later winning. Owned by the host; reads files, so not for actors; any other thread.
#pragma once

#include <string>
#include <vector>

#include "messages/config.hpp"

namespace planguild {

struct configuration_sources {
  std::string file_path;                  // of a JSON file; empty: none
  bool environment = true;                // whether this process's environment is read
  std::vector<config_setting> overrides;  // of the host (flags), in order
};

/// Loads the configuration. Nothing throws: a file that cannot be read, too, is a problem in the result.
config_load load_configuration(const configuration_sources& sources);

/// The settings in `entries` ("NAME=value", as in `environ`) that mean something here, or that the predecessor knew.
/// `notes` gets the names that look like ours and are not. Pure.
std::vector<config_setting> environment_settings(const std::vector<std::string>& entries,
                                                 std::vector<std::string>& notes);

}  // namespace planguild
