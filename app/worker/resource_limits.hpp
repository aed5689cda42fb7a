// Resource limits of the program. One thread, the process that becomes the program; the last step before the filter.
#pragma once

#include "app/worker/arguments.hpp"
#include "app/worker/statement.hpp"

namespace planguild {

/// Sets them all, hard and soft, or lower where a limit is lower already, and reads them back. The number of processes
/// is limited only for a user of its own (layer uid or user namespace): it counts all processes of a user.
void set_resource_limits(const worker_arguments& given, layer_statement& layers);

}  // namespace planguild
