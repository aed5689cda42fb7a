// The real clock: the system's steady clock and its wall clock. Any thread.
#pragma once

#include <memory>

#include "messages/environment.hpp"

namespace planguild {

/// Never fails; stateless.
std::shared_ptr<clock_source> make_system_clock();

}  // namespace planguild
