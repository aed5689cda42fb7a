// Hints at what was meant. See the header.
#include "app/cli/unknown_words.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr std::size_t shown_code_points = 40;
constexpr std::size_t near_edits_max = 2;  // more, and it is another word
constexpr std::size_t names_shown_max = 4;

/// The option alone, without the value after "=": that may be anything.
std::string option_name(const std::string& word) {
  return word.substr(0, word.find('='));
}

std::string_view without_dashes(std::string_view name) {
  name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
  return name;
}

const known_argument* find(const std::vector<known_argument>& arguments, const std::string& name) {
  const auto found =
      std::find_if(arguments.begin(), arguments.end(), [&](const auto& each) { return each.name == name; });
  return found == arguments.end() ? nullptr : &*found;
}

const known_command* find(const std::vector<known_command>& commands, const std::string& name) {
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const auto& each) { return each.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

/// The name most like `word`; empty if none is like it. Dashes do not count: -json is --json as much as ---json is. Nor
/// does the case of letters. Of those that are as near, one with the same first letter: there people slip least.
template <class Named>
std::string nearest(std::string_view typed, const std::vector<Named>& candidates) {
  const auto word = text::lower(without_dashes(typed));
  std::string best;
  std::pair<std::size_t, bool> least{near_edits_max + 1, false};
  for (const auto& each : candidates) {
    const auto name = text::lower(without_dashes(each.name));
    const std::pair distance{text::edit_distance(word, name), word.substr(0, 1) != name.substr(0, 1)};
    if (name.empty() || distance >= least) continue;
    least = distance;
    best = each.name;
  }
  return best;
}

/// "plan", "plan and select", "plan, select and diagnostics"; of many only the first.
std::string enumerated(std::vector<std::string> names) {
  if (names.size() > names_shown_max) {
    names.resize(names_shown_max);
    names.emplace_back("others");
  }
  if (names.size() < 2) return names.empty() ? std::string{} : names.front();
  return text::join({names.begin(), names.end() - 1}, ", ") + " and " + names.back();
}

/// Who takes the option `name`; empty: nobody.
std::string takers(const std::string& name, const std::vector<known_command>& commands) {
  std::vector<std::string> names;
  for (const auto& each : commands) {
    if (find(each.options, name) != nullptr) names.push_back(each.name.empty() ? "planguild itself" : each.name);
  }
  return names.empty() ? std::string{} : enumerated(names) + (names.size() == 1 ? " takes it" : " take it");
}

/// The argument of `own` that an option `name` would name, by its own name or by what it takes elsewhere.
const known_argument* argument_meant(const std::string& name, const known_command& own,
                                     const std::vector<known_command>& commands) {
  const auto plain = text::lower(without_dashes(name));
  for (const auto& argument : own.arguments) {
    if (text::lower(argument.name) == plain) return &argument;
    for (const auto& each : commands) {
      const auto* option = find(each.options, name);
      if (option != nullptr && option->takes == argument.name) return &argument;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<std::string> first_option(const std::vector<std::string>& words, const std::vector<std::string>& typed) {
  const auto end = std::find(typed.begin(), typed.end(), "--");
  const auto found = std::find_if(words.begin(), words.end(), [&](const auto& each) {
    return each.size() > 1 && each.front() == '-' && std::find(typed.begin(), end, each) != end;
  });
  return found == words.end() ? std::nullopt : std::optional{*found};
}

std::string unknown_command(const std::vector<std::string>& words, const std::vector<known_command>& commands) {
  std::vector<std::string> names;
  for (const auto& each : commands) {
    if (!each.name.empty()) names.push_back(each.name);
  }
  const auto all = text::join(names, ", ");
  const auto word =
      std::find_if(words.begin(), words.end(), [](const auto& each) { return !each.empty() && each.front() != '-'; });
  if (word == words.end()) return "a command is needed: " + all;
  const auto shown = scrubbed_label(*word, shown_code_points);
  const auto near = nearest(shown, commands);
  return "there is no command \"" + shown + "\"; " + (near.empty() ? "there are " + all : "did you mean " + near + "?");
}

std::string unknown_option(const std::string& word, const std::string& command,
                           const std::vector<known_command>& commands) {
  const auto name = option_name(word);
  auto result = "unknown option \"" + scrubbed_label(name, shown_code_points) + '"';
  const auto* own = find(commands, command);
  if (own == nullptr) return result;
  const auto* argument = argument_meant(name, *own, commands);
  if (argument != nullptr) {
    result += ": " + command + " takes its " + argument->name + " without an option (" + argument->meaning + ")";
  }
  if (const auto others = takers(name, commands); !others.empty()) return result + "; " + others;
  const auto near = argument == nullptr ? nearest(name, own->options) : std::string{};
  return near.empty() ? result : result + "; did you mean " + near + "?";
}

std::string option_before_command(const std::string& word, const std::string& command,
                                  const std::vector<known_command>& commands) {
  const auto name = option_name(word);
  const auto* own = find(commands, command);
  const auto* option = own == nullptr ? nullptr : find(own->options, name);
  if (option == nullptr) return unknown_option(word, command, commands);
  return name + " is an option of " + command + " and stands behind it: planguild " + command + " " + name +
         (option->takes.empty() ? "" : " " + option->takes);
}

}  // namespace planguild::cli
