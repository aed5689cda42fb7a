// One function per command; each returns the exit code. Owned by the command; main thread.
#pragma once

#include "app/cli/command_support.hpp"

namespace planguild::cli {

int run_plan(const command_context& context);
int run_select(const command_context& context);
int run_list(const command_context& context);
int run_describe(const command_context& context);
int run_crash(const command_context& context);
int run_discover(const command_context& context);
int run_health(const command_context& context);
int run_probe(const command_context& context);
int run_index(const command_context& context);
int run_lint(const command_context& context);
int run_config(const command_context& context);
int run_schema(const command_context& context);
int run_replay(const command_context& context);
int run_rpc(const command_context& context);
int run_heal(const command_context& context);
int run_reload(const command_context& context);
int run_quarantine(const command_context& context);
int run_reinstate(const command_context& context);
int run_configure(const command_context& context);
int run_stats(const command_context& context);
int run_profiles(const command_context& context);
int run_diagnostics(const command_context& context);
int run_top(const command_context& context);
int run_doctor(const command_context& context);
int run_new(const command_context& context);

}  // namespace planguild::cli
