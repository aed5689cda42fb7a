// The real file_source: directories and files of this machine.
#pragma once

#include <memory>

#include "messages/environment.hpp"

namespace planguild {

/// Reads the file system; any thread, without state of its own. Every call may block as long as the disk does; a FIFO
/// or device is never opened for waiting. Failures as environment.hpp says: `not_found` where nothing is there (also
/// behind a path component that is no directory, or a name longer than the system knows), `load_failed` for everything
/// else, `limit_exceeded` for a file over the bound.
std::shared_ptr<file_source> make_file_source();

}  // namespace planguild
