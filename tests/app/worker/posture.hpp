// Sets of layers, and what a test may expect of them here. Test support; one thread.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "worker_run.hpp"

namespace planguild::test {

inline constexpr uid_t private_user = 61'184;  // that layer uid becomes

/// All layers that can be had for this user here but those named; what is missing is said.
std::vector<std::string> all_layers(uid_t user, const std::vector<std::string>& but = {});

std::string joined(const std::vector<std::string>& layers);

/// A request for these layers as this user, in the repository of the grounds, with read grants and with what the layers
/// need: a user number, and a filter that answers EDOM to making Unix sockets and changing modes.
worker_request request_for(uid_t user, const std::vector<std::string>& layers);

/// The user whom the program has under the layers.
uid_t user_under(uid_t user, const std::vector<std::string>& layers);

bool contains(const std::vector<std::string>& layers, const std::string& layer);

}  // namespace planguild::test
