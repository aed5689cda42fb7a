// How planguild-worker ends when a step fails before the planner's program runs: one line on standard error and the
// exit code of the step. Any process of the worker.
#pragma once

namespace planguild {

/// Writes "planguild-worker: STEP: SUBJECT: why" with the text of `error` (an errno value; 0 leaves it out), and ends
/// the process with `exit_code`. Nothing is flushed, no handler runs.
[[noreturn]] void give_up(int exit_code, const char* step, const char* subject, int error = 0);

}  // namespace planguild
