// Facts about this process, from /proc. Any thread.
#pragma once

#include <memory>

#include "messages/environment.hpp"

namespace planguild {

std::shared_ptr<process_facts> make_process_facts();

}  // namespace planguild
