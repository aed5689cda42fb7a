// Reading the command line. See the header.
#include "app/worker/arguments.hpp"

#include <climits>
#include <cstring>
#include <limits>
#include <string_view>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

[[noreturn]] void wrong_usage(const char* why) {
  give_up(worker_exit::usage,
          "usage: planguild-worker --parent PID --directory DIR [OPTION...] -- PROGRAM [ARGUMENT...]", why);
}

/// Digits alone, at most `highest`.
std::uint64_t number(const char* option, const char* text, std::uint64_t lowest, std::uint64_t highest) {
  std::uint64_t value = 0;
  if (*text == '\0') wrong_usage(option);
  for (; *text != '\0'; ++text) {
    if (*text < '0' || *text > '9') wrong_usage(option);
    const auto digit = static_cast<std::uint64_t>(*text - '0');
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) wrong_usage(option);
    value = value * 10 + digit;
  }
  if (value < lowest || value > highest) wrong_usage(option);
  return value;
}

void ask_for(std::string_view names, layer_statement& layers) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    names.remove_prefix(name.size() < names.size() ? name.size() + 1 : name.size());
    std::size_t which = 0;
    while (which < worker_layers::all.size() && worker_layers::all[which] != name) ++which;
    if (which == worker_layers::all.size()) wrong_usage("--layers: there is no such layer");
    layers.ask(static_cast<layer>(which));
  }
}

void add_path(worker_arguments& given, const char* path, access_kind access) {
  if (*path != '/') give_up(worker_exit::arguments, "the path is not absolute", path);
  if (!given.grants.add(path, access)) wrong_usage("more than 512 paths");
}

/// One option with its value. False if there is no such option.
bool take(std::string_view option, const char* value, worker_arguments& given, layer_statement& layers) {
  if (option == "--parent") {
    given.parent = static_cast<long>(number("--parent", value, 1, INT_MAX));
  } else if (option == "--directory") {
    given.directory = value;
  } else if (option == "--layers") {
    ask_for(value, layers);
  } else if (option == "--read") {
    add_path(given, value, access_kind::read);
  } else if (option == "--execute") {
    add_path(given, value, access_kind::execute);
  } else if (option == "--write") {
    add_path(given, value, access_kind::write);
  } else if (option == "--tcp") {
    if (given.port_count == given.ports.size()) wrong_usage("more than 64 ports");
    given.ports[given.port_count++] = static_cast<std::uint16_t>(number("--tcp", value, 1, 65'535));
  } else if (option == "--uid") {
    given.uid = static_cast<uid_t>(number("--uid", value, 1, std::numeric_limits<uid_t>::max() - 1));
  } else if (option == "--filter") {
    given.filter = static_cast<int>(number("--filter", value, 3, INT_MAX));
  } else if (option == "--memory") {
    given.memory_bytes = number("--memory", value, 1, std::numeric_limits<std::int64_t>::max());
  } else if (option == "--cpu") {
    given.cpu_s = number("--cpu", value, 1, INT_MAX);
  } else if (option == "--processes") {
    given.processes = number("--processes", value, 1, INT_MAX);
  } else if (option == "--landlock-abi-max") {
    given.landlock_abi_max = static_cast<unsigned>(number("--landlock-abi-max", value, 1, INT_MAX));
  } else if (option == "--keep") {
    if (given.kept_count == given.kept.size()) wrong_usage("more than 16 descriptors to keep");
    given.kept[given.kept_count++] = static_cast<int>(number("--keep", value, 3, INT_MAX));
  } else {
    return false;
  }
  return true;
}

}  // namespace

void read_arguments(int argc, char** argv, worker_arguments& given, layer_statement& layers) {
  int next = 1;
  for (; next < argc && std::strcmp(argv[next], "--") != 0; ++next) {
    const std::string_view option = argv[next];
    if (option == "--read-as-root") {
      given.read_as_root = true;
    } else if (option == "--writes-files") {
      given.writes_files = true;
    } else if (option == "--stays-undumpable") {
      given.stays_undumpable = true;
    } else if (next + 1 >= argc || !take(option, argv[next + 1], given, layers)) {
      wrong_usage(argv[next]);
    } else {
      ++next;
    }
  }
  if (next + 1 >= argc) wrong_usage("there is no program");
  given.command = argv + next + 1;
  if (given.parent == 0) wrong_usage("--parent is missing");
  if (given.directory == nullptr) wrong_usage("--directory is missing");
  if (layers.asked(layer::uid) && given.uid == 0) wrong_usage("layer uid needs --uid");
  if (layers.asked(layer::seccomp) && given.filter < 0) wrong_usage("layer seccomp needs --filter");
}

}  // namespace planguild
