// The commands by name. Owned by the command; constants, any thread.
#pragma once

#include <array>

#include "app/cli/options.hpp"

namespace planguild::cli {

/// One command: its name, and what the help says of it.
struct command_names {
  enum command command;
  const char* name;
  const char* description;
};
inline constexpr std::array<command_names, 25> commands = {
    {{command::plan, "plan", "Choose the best planner for an objective, run it and show its plan"},
     {command::select, "select", "Choose the best planner for an objective and say why"},
     {command::list, "list", "Show every planner"},
     {command::describe, "describe", "Show all that is known of one planner"},
     {command::crash, "crash",
      "Show the last crash of a planner: how it ended, and with which evidence (exit code 1 if none is known)"},
     {command::discover, "discover",
      "Look for planners and say what was found, left out or refused (exit code 1 if something was refused)"},
     {command::health, "health", "Say whether planners are ready (exit code 1 if not) and what to do"},
     {command::index, "index", "Index a repository: files, imports, cycles, churn, hotspots"},
     {command::lint, "lint", "Check planner manifests (exit code 1 on any error)"},
     {command::probe, "probe", "Start a planner, test it and keep the verdict (exit code 1 unless it is admitted)"},
     {command::config, "config", "Show every configuration variable, its value and where it comes from"},
     {command::schema, "schema",
      "Print the JSON Schema of manifests, plans, configuration files or the methods of rpc"},
     {command::replay, "replay",
      "Take recorded decisions again and compare (exit code 1 on any difference, 2 if there is no decision)"},
     {command::rpc, "rpc", "Serve every operation as JSON-RPC 2.0 lines, on standard input and output or a socket"},
     {command::heal, "heal", "Look for planners again while none is active (exit code 1 if none is then)"},
     {command::reload, "reload", "Forget what was found and look again; running planners finish first"},
     {command::quarantine, "quarantine",
      "Let nobody use a planner, whatever its verdict, until it is reinstated; stored"},
     {command::reinstate, "reinstate", "Let a planner be used, whatever its verdict; stored"},
     {command::configure, "configure", "Change live configuration variables of a running runtime, all or none"},
     {command::stats, "stats", "Show what a runtime has counted since its start"},
     {command::profiles, "profiles", "Show the newest samples of one kind and how long they took"},
     {command::diagnostics, "diagnostics", "Show everything that a runtime knows of itself at one moment"},
     {command::top, "top", "Watch a running runtime: planners, rates, latencies, alerts"},
     {command::doctor, "doctor",
      "Check the whole set-up and print what mends each finding (exit code 1 for an error or a warning)"},
     {command::new_planner, "new", "Write the project of a new planner: manifest, code, build and README"}}};

}  // namespace planguild::cli
