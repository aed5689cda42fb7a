// What is said to a command line with a word that nobody knows: a misspelt command, an option that is misspelt, belongs
// to another command, or stands before the command. Owned by the command; pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace planguild::cli {

/// An option ("--repo") or an argument without one ("DIR").
struct known_argument {
  std::string name;
  std::string takes;    // what follows an option: "DIR"; empty: nothing does
  std::string meaning;  // as the help has it
};

/// What a command takes. The name is empty for what may stand before any command.
struct known_command {
  std::string name;
  std::vector<known_argument> options;
  std::vector<known_argument> arguments;
};

/// The first of `words`, left over of the command line `typed`, that is an option there: after "--" there are none.
std::optional<std::string> first_option(const std::vector<std::string>& words, const std::vector<std::string>& typed);

/// What is wrong with `words`, none of which is one of `commands`.
std::string unknown_command(const std::vector<std::string>& words, const std::vector<known_command>& commands);

/// What is wrong with `word`, an option that `command` does not take (empty: there is no command), and what was meant
/// instead, as far as `commands` tells.
std::string unknown_option(const std::string& word, const std::string& command,
                           const std::vector<known_command>& commands);

/// What is wrong with `word`, an option that stands before `command` and that not every command takes.
std::string option_before_command(const std::string& word, const std::string& command,
                                  const std::vector<known_command>& commands);

}  // namespace planguild::cli
