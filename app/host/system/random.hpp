// The real source of chance: the kernel's generator, which no planner can predict. Any thread.
#pragma once

#include <memory>

#include "messages/environment.hpp"

namespace planguild {

/// Never fails. Takes 512 bytes from the kernel at a time.
std::shared_ptr<random_source> make_system_random();

}  // namespace planguild
