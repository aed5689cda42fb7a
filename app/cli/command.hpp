// The planguild command as a function. Owned by main; main thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace planguild::cli {

/// Runs one command line (without the program's name, which is `program` as it was typed) and returns the exit code.
/// Blocks SIGINT and SIGTERM, ignores SIGPIPE and SIGXFSZ; call it once, before any other thread exists. Never throws.
int run_command(const std::vector<std::string>& arguments, std::string_view program) noexcept;

}  // namespace planguild::cli
