// Landlock rules. See the header. The constants are our own: the kernel's header on the build machine may be older than
// the kernel that runs.
#include "app/worker/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

constexpr long create_ruleset_call = 444;
constexpr long add_rule_call = 445;
constexpr long restrict_self_call = 446;
constexpr unsigned version_flag = 1;
constexpr int path_rule = 1;
constexpr int port_rule = 2;

namespace right {

// Rights on files and folders.
constexpr std::uint64_t execute = 1U << 0;
constexpr std::uint64_t write_file = 1U << 1;
constexpr std::uint64_t read_file = 1U << 2;
constexpr std::uint64_t read_folder = 1U << 3;
constexpr std::uint64_t remove_folder = 1U << 4;
constexpr std::uint64_t remove_file = 1U << 5;
constexpr std::uint64_t make_folder = 1U << 7;
constexpr std::uint64_t make_file = 1U << 8;
constexpr std::uint64_t first_version = (1U << 13) - 1;  // these, devices, sockets, pipes and symbolic links
constexpr std::uint64_t refer = 1U << 13;                // move between folders
constexpr std::uint64_t truncate_file = 1U << 14;
constexpr std::uint64_t control_device = 1U << 15;  // ioctl
constexpr std::uint64_t resolve_socket = 1U << 16;  // connect to a Unix socket by its path
constexpr std::uint64_t of_files = execute | write_file | read_file | truncate_file | control_device | resolve_socket;

// Rights on TCP ports, and what is closed to the outside of the domain.
constexpr std::uint64_t bind_tcp = 1U << 0;
constexpr std::uint64_t connect_tcp = 1U << 1;
constexpr std::uint64_t abstract_sockets = 1U << 0;
constexpr std::uint64_t signals = 1U << 1;

}  // namespace right

/// What each version of the interface added. A new version is a new row.
struct abi_row {
  unsigned abi;
  std::uint64_t files;
  std::uint64_t network;
  std::uint64_t scope;
};
constexpr abi_row abi_rows[] = {
    {1, right::first_version, 0, 0},
    {2, right::refer, 0, 0},
    {3, right::truncate_file, 0, 0},
    {4, 0, right::bind_tcp | right::connect_tcp, 0},
    {5, right::control_device, 0, 0},
    {6, 0, 0, right::abstract_sockets | right::signals},
    {7, 0, 0, 0},
    {8, 0, 0, 0},
    {9, right::resolve_socket, 0, 0},
};

/// A kernel that knows fewer members takes the longer structure as long as the rest is zero.
struct ruleset_attributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scope = 0;
};
struct [[gnu::packed]] path_rule_attributes {
  std::uint64_t allowed;
  std::int32_t folder;
};
struct port_rule_attributes {
  std::uint64_t allowed;
  std::uint64_t port;
};

/// Symbolic links, sockets, pipes and devices are not among what a write grant lets make: a link in a folder that
/// others write to as well can lead them elsewhere.
std::uint64_t rights(access_kind access) {
  constexpr std::uint64_t reading = right::read_file | right::read_folder;
  switch (access) {
    case access_kind::read:
    case access_kind::device:
      return reading;
    case access_kind::execute:
      return reading | right::execute;
    case access_kind::write:
      return reading | right::write_file | right::truncate_file | right::remove_folder | right::remove_file |
             right::make_folder | right::make_file | right::refer;
    case access_kind::sink:
      return reading | right::write_file | right::truncate_file;
  }
  return 0;
}

/// Returns 0 or an errno value, with the step for the statement.
int add_path_rule(int ruleset, const grant& granted, std::uint64_t handled, const char*& step) {
  const int path = open(granted.path, O_PATH | O_CLOEXEC);
  if (path < 0) {
    if (errno == ENOENT || errno == ENOTDIR || granted.system) return 0;
    give_up(worker_exit::arguments, "path", granted.path, errno);
  }
  struct stat facts {};
  if (fstat(path, &facts) != 0) give_up(worker_exit::arguments, "path", granted.path, errno);
  std::uint64_t allowed = rights(granted.access) & handled;
  if (!S_ISDIR(facts.st_mode)) allowed &= right::of_files;
  const path_rule_attributes rule{allowed, path};
  const int error = syscall(add_rule_call, ruleset, path_rule, &rule, 0U) == 0 ? 0 : errno;
  close(path);
  step = granted.path;
  return granted.system ? 0 : error;
}

/// Returns 0 or an errno value, with the step for the statement.
int add_rules(int ruleset, const worker_arguments& given, const ruleset_attributes& handled, const char*& step) {
  for (const grant& granted : given.grants) {
    if (const int error = add_path_rule(ruleset, granted, handled.files, step); error != 0) return error;
  }
  step = "port";
  for (std::size_t number = 0; number < given.port_count && handled.network != 0; ++number) {
    const port_rule_attributes rule{right::connect_tcp, given.ports[number]};
    if (syscall(add_rule_call, ruleset, port_rule, &rule, 0U) != 0) return errno;
  }
  return 0;
}

/// The root folder may not be listed, unless it is itself granted: the kernel's word is checked against what it does.
bool holds(const worker_arguments& given) {
  for (const grant& granted : given.grants) {
    if (std::strcmp(granted.path, "/") == 0) return true;
  }
  const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return true;
  close(root);
  return false;
}

}  // namespace

void put_on_landlock(const worker_arguments& given, layer_statement& layers) {
  if (!layers.asked(layer::landlock)) return;
  const long version = syscall(create_ruleset_call, nullptr, 0UL, version_flag);
  if (version < 1) return layers.refused(layer::landlock, version < 0 ? errno : ENOSYS);
  ruleset_attributes handled;
  unsigned abi = 0;
  for (const abi_row& row : abi_rows) {
    if (row.abi > static_cast<unsigned long>(version) || row.abi > given.landlock_abi_max) break;
    abi = row.abi;
    handled.files |= row.files;
    handled.network |= row.network;
    handled.scope |= row.scope;
  }
  const auto ruleset = static_cast<int>(syscall(create_ruleset_call, &handled, sizeof handled, 0U));
  if (ruleset < 0) return layers.refused(layer::landlock, errno, "create_ruleset");
  const char* step = "";
  if (const int error = add_rules(ruleset, given, handled, step); error != 0) {
    close(ruleset);
    return layers.refused(layer::landlock, error, step);
  }
  const int error = syscall(restrict_self_call, ruleset, 0U) == 0 ? 0 : errno;
  close(ruleset);
  if (error != 0) return layers.refused(layer::landlock, error, "restrict_self");
  if (!holds(given)) return layers.set_unavailable(layer::landlock, "not in force after the call");
  layers.set_active(layer::landlock, "abi %u", abi);
}

}  // namespace planguild
