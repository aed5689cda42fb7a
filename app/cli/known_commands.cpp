// Reading commands back from CLI11. See the header.
#include "app/cli/known_commands.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

namespace planguild::cli {
namespace {

/// What the options and arguments of `app` are called.
known_command known(const CLI::App& app, std::string name) {
  known_command result{std::move(name), {}, {}};
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) {
      result.arguments.push_back({option->get_name(true), {}, option->get_description()});
    }
    const auto type = option->get_type_name();  // "N", or "N:" and the range
    for (const auto& each : option->get_lnames()) {
      result.options.push_back({"--" + each, type.substr(0, type.find(':')), option->get_description()});
    }
  }
  return result;
}

}  // namespace

std::vector<known_command> all_known(const CLI::App& app) {
  std::vector<known_command> result{known(app, {})};
  for (const auto* sub : app.get_subcommands([](const CLI::App* /*any*/) { return true; })) {
    result.push_back(known(*sub, sub->get_name()));
  }
  return result;
}

}  // namespace planguild::cli
