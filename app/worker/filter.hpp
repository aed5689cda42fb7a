// The system call filter: the host compiles it, the worker reads, completes and installs it. One thread, the process
// that becomes the program.
#pragma once

#include "app/worker/statement.hpp"

namespace planguild {

/// Reads the finished program (an array of struct sock_filter) from the start of the file behind `descriptor`, whose
/// offset other workers share and so is neither used nor moved. Ends the process with worker_exit::arguments if it
/// cannot be read, is empty, no whole number of instructions, or longer than the kernel takes.
void read_filter(int descriptor);

/// Puts this process's id in place of worker_layers::own_process_id and installs the program; the last of the layers.
void install_filter(layer_statement& layers);

}  // namespace planguild
