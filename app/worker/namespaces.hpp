// Entering namespaces. Root enters them as it is; another user first makes a user namespace in which it is itself. Each
// namespace is tried by itself, so that one that is refused does not cost the others. One thread, before the user is
// changed.
#pragma once

#include "app/worker/statement.hpp"

namespace planguild {

struct entered_namespaces {
  bool mount = false;    // the root is still the host's: see new_root.hpp
  bool process = false;  // the next child is the first process of it: see keeper.hpp
};

/// Enters those that `layers` asks for and states user, network and ipc namespace; the other two are in force only
/// after further steps. What is mounted from here on reaches no other namespace.
entered_namespaces enter_namespaces(layer_statement& layers);

}  // namespace planguild
