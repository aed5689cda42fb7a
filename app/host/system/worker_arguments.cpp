// Decides which layers to ask a worker for. See the header.
#include "app/host/system/worker_arguments.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>
#include <utility>

#include "app/host/system/handed_on.hpp"
#include "app/worker/layers.hpp"
#include "messages/limits.hpp"

namespace planguild {
namespace {

struct free_text {
  void operator()(char* text) const noexcept { std::free(text); }  // NOLINT(*-no-malloc): realpath's
};

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

bool is_there(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0;
}

/// Why a layer is not worth asking for: the reason for people, empty where another note tells it. None: it is. What
/// needs no decision here is left to the worker, which says what the kernel refuses.
std::optional<std::string_view> why_off(std::string_view layer, const process_command& command, const worker_plan& plan,
                                        const sandbox_machine& machine, const missing_layers& lacking) {
  using namespace worker_layers;
  if (command.policy.mode == sandbox_mode::off) return "FACTORY_SANDBOX=off";
  const bool has_landlock = machine.landlock_abi > 0 && !contains(lacking.left_out, landlock);
  if (contains(lacking.left_out, layer)) return "";
  if (layer == seccomp && !plan.has_filter) return "";
  // An ordinary user needs it for the other namespaces; root has no use for it.
  if (layer == user_namespace && machine.root) return "root needs none";
  // A root of its own costs more than everything else and gives nothing that Landlock does not. Whether the worker got
  // Landlock in the end is told of that layer.
  if (layer == mount_namespace && has_landlock) return "not asked for where the kernel has landlock";
  // An empty network has no ports to grant.
  if (layer == network_namespace && !command.grants.network.empty()) return "TCP ports are granted";
  if (layer == uid && !machine.root) return "only root can change the user";
  // Programs with a compiler of their own (JavaScript, Java) make code at run time; a library has no reason to.
  if (layer == write_or_execute && command.kind != entry_kind::library) return "a program may make code as it runs";
  return std::nullopt;
}

/// The layers worth asking for; why the others are not, goes into `notes`.
std::vector<std::string_view> layers_for(const process_command& command, const worker_plan& plan,
                                         const sandbox_machine& machine, const missing_layers& lacking,
                                         std::vector<layer_note>& notes) {
  std::vector<std::string_view> wanted;
  wanted.reserve(worker_layers::all.size());
  for (const std::string_view layer : worker_layers::all) {
    const auto reason = why_off(layer, command, plan, machine, lacking);
    if (!reason) {
      wanted.push_back(layer);
    } else if (!reason->empty()) {
      notes.push_back({std::string(layer), std::string(*reason), false});
    }
  }
  return wanted;
}

/// Adds options for paths that are there; those that are not are noted.
class path_options {
 public:
  explicit path_options(worker_command& result) : result_(result) {}

  void add(const char* option, const std::string& path) {
    result_.arguments.emplace_back(option);
    result_.arguments.push_back(path);
  }
  void add_granted(const char* option, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
      if (is_there(path)) {
        add(option, path);
      } else {
        result_.notes.push_back({std::string(worker_layers::landlock), "granted but not there: " + path, false});
      }
    }
  }

 private:
  worker_command& result_;
};

/// Why the grants cannot be handed to a worker; empty if they can. Configuration lets no such thing through, so this is
/// for hosts that make a command by hand.
std::string why_grants_refused(const process_command& command) {
  const auto& grants = command.grants;
  if (grants.read.size() + grants.write.size() > limits::planner_paths_max) {
    return "more than " + std::to_string(limits::planner_paths_max) + " paths are granted to it";
  }
  if (grants.network.size() > limits::planner_ports_max) {
    return "more than " + std::to_string(limits::planner_ports_max) + " ports are granted to it";
  }
  for (const auto* paths : {&grants.read, &grants.write}) {
    for (const std::string& path : *paths) {
      if (path.empty() || path.front() != '/') return "a granted path is not absolute: " + path;
      if (path.find('\0') != std::string::npos) return "a granted path contains a zero byte";
    }
  }
  if (contains(grants.write, "/")) return "the whole file system cannot be granted for writing";
  if (!command.repository.empty() &&
      (command.repository.front() != '/' || command.repository.find('\0') != std::string::npos)) {
    return "the repository's path is not absolute: " + command.repository;
  }
  return {};
}

/// Whether `path` is `top` or lies below it, by what is really there, not by names: links and mounts lead to one thing
/// by several.
bool lies_in(const std::string& path, const struct stat& top) {
  const std::unique_ptr<char, free_text> real(::realpath(path.c_str(), nullptr));
  if (!real) return false;
  std::string at = real.get();
  while (true) {
    struct stat facts {};
    const bool known = ::stat(at.empty() ? "/" : at.c_str(), &facts) == 0;
    if (known && facts.st_dev == top.st_dev && facts.st_ino == top.st_ino) return true;
    if (at.empty()) return false;
    at.resize(at.rfind('/'));
  }
}

std::string reaching_text(const std::string& path, const std::string& copies) {
  return "it is granted to write to " + path + ", which reaches the copies that planners run from (" + copies +
         "): grant a folder that does not, or set XDG_RUNTIME_DIR or TMPDIR of the host, where the copies lie, to a "
         "folder that no planner may write to; then probe it again (planguild probe)";
}

/// Why a planner cannot be let write where it is granted to: it could put programs among those that planners run from.
/// Empty if it can.
std::string why_writing_refused(const process_command& command, const std::string& copies) {
  if (command.policy.mode == sandbox_mode::off || copies.empty()) return {};  // nothing is granted, nothing held back
  struct stat copies_facts {};
  if (::stat(copies.c_str(), &copies_facts) != 0) return {};
  for (const std::string& path : command.grants.write) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0) continue;
    if (lies_in(copies, facts) || lies_in(path, copies_facts)) return reaching_text(path, copies);
  }
  return {};
}

/// Root's files that others cannot read stay readable to the planner's own user where the host grants them. Only with
/// Landlock: without it the planner could read all of root's files.
bool needs_root_to_read(const process_command& command) {
  std::vector<std::string> paths = command.grants.read;
  paths.insert(paths.end(), command.grants.write.begin(), command.grants.write.end());
  if (!command.repository.empty()) paths.push_back(command.repository);
  return std::any_of(paths.begin(), paths.end(),
                     [](const std::string& path) { return is_there(path) && !readable_by_others(path); });
}

bool writable_by_others(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IWOTH) != 0;
}

void add_user(const process_command& command, bool has_landlock, worker_command& result) {
  const std::uint32_t uid = planner_uid(command.planner);
  result.arguments.insert(result.arguments.end(), {"--uid", std::to_string(uid)});
  if (has_landlock && needs_root_to_read(command)) result.arguments.emplace_back("--read-as-root");
  for (const std::string& path : command.grants.write) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) == 0 && facts.st_uid != uid && !writable_by_others(path)) {
      result.notes.push_back(
          {std::string(worker_layers::uid), "does not own " + path + ", so it cannot write there", false});
    }
  }
}

void add_paths(const process_command& command, const worker_plan& plan, worker_command& result) {
  path_options paths(result);
  paths.add("--execute", plan.directory);
  if (!plan.program.starts_with(plan.directory + "/")) paths.add("--execute", plan.program);
  if (!command.repository.empty() && is_there(command.repository)) paths.add("--read", command.repository);
  paths.add_granted("--read", command.grants.read);
  paths.add_granted("--write", command.grants.write);
}

}  // namespace

sandbox_machine ask_machine() {
  constexpr long create_ruleset = 444;  // landlock_create_ruleset, on every architecture
  constexpr unsigned version = 1;       // LANDLOCK_CREATE_RULESET_VERSION
  const long abi = ::syscall(create_ruleset, nullptr, 0UL, version);
  return {::geteuid() == 0, abi > 0 ? static_cast<int>(abi) : 0};
}

std::uint32_t planner_uid(std::string_view planner) {
  std::uint32_t hash = 2'166'136'261U;  // FNV-1a
  for (const char byte : planner) hash = (hash ^ static_cast<unsigned char>(byte)) * 16'777'619U;
  return limits::planner_uid_min + hash % (limits::planner_uid_max - limits::planner_uid_min + 1);
}

bool readable_by_others(const std::string& path) {
  const std::unique_ptr<char, free_text> real(::realpath(path.c_str(), nullptr));
  if (!real) return false;
  const std::string whole = real.get();
  for (std::size_t slash = 0; slash != std::string::npos; slash = whole.find('/', slash + 1)) {
    struct stat facts {};
    const std::string folder = slash == 0 ? "/" : whole.substr(0, slash);
    if (::stat(folder.c_str(), &facts) != 0 || (facts.st_mode & S_IXOTH) == 0) return false;
  }
  struct stat facts {};
  if (::stat(whole.c_str(), &facts) != 0) return false;
  const mode_t needed = S_ISDIR(facts.st_mode) ? S_IROTH | S_IXOTH : S_IROTH;
  return (facts.st_mode & needed) == needed;
}

worker_command make_worker_command(const process_command& command, const worker_plan& plan,
                                   const sandbox_machine& machine, const missing_layers& lacking) {
  worker_command result;
  result.error = why_grants_refused(command);
  if (result.error.empty()) result.error = why_writing_refused(command, plan.all_copies);
  if (!result.error.empty()) return result;
  const auto layers = layers_for(command, plan, machine, lacking, result.notes);
  const auto asks_for = [&layers](std::string_view layer) {
    return std::find(layers.begin(), layers.end(), layer) != layers.end();
  };
  result.arguments = {plan.launcher, "--parent", std::to_string(::getpid()), "--directory", plan.directory};
  auto& arguments = result.arguments;
  if (!layers.empty()) {
    std::string names;
    for (const std::string_view layer : layers) names.append(names.empty() ? "" : ",").append(layer);
    arguments.insert(arguments.end(), {"--layers", std::move(names)});
    add_paths(command, plan, result);
    for (const std::uint16_t port : command.grants.network) {
      arguments.insert(arguments.end(), {"--tcp", std::to_string(port)});
    }
    if (asks_for(worker_layers::uid)) {
      add_user(command, machine.landlock_abi > 0 && asks_for(worker_layers::landlock), result);
    }
    arguments.insert(arguments.end(), {"--memory", std::to_string(limits::planner_memory_bytes_max), "--cpu",
                                       std::to_string(limits::planner_cpu_s_max), "--processes",
                                       std::to_string(limits::planner_processes_max)});
    if (!command.grants.write.empty()) arguments.emplace_back("--writes-files");
    // What runs a library keeps itself undumpable; no other program does.
    if (command.kind == entry_kind::library) arguments.emplace_back("--stays-undumpable");
    if (lacking.landlock_abi_max) {
      arguments.insert(arguments.end(), {"--landlock-abi-max", std::to_string(*lacking.landlock_abi_max)});
    }
  }
  result.asks_for_filter = asks_for(worker_layers::seccomp);
  if (result.asks_for_filter) arguments.insert(arguments.end(), {"--filter", std::to_string(filter_number)});
  if (!plan.filter_error.empty() && !layers.empty()) {
    result.notes.push_back({std::string(worker_layers::seccomp), plan.filter_error, true});
  }
  if (plan.has_library) arguments.insert(arguments.end(), {"--keep", std::to_string(library_number)});
  arguments.insert(arguments.end(), {"--", plan.program});
  arguments.insert(arguments.end(), plan.program_arguments.begin(), plan.program_arguments.end());
  return result;
}

}  // namespace planguild
