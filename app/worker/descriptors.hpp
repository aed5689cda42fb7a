// Closing what a process must not hold. One thread; nothing is allocated.
#pragma once

#include <cstddef>

namespace planguild {

/// Closes every descriptor from `first` on but the `count` kept ones, whose order does not matter. Ends the process
/// with worker_exit::descriptors if that cannot be done.
void close_all_but(int first, const int* kept, std::size_t count);

/// The descriptors that the program inherits: they stay open across execve. Ends the process with
/// worker_exit::arguments if one of them is not open.
void keep_across_execution(const int* kept, std::size_t count);

}  // namespace planguild
