// Puts the real outside together. See the header.
#include "app/host/system/system.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/host/system/clock.hpp"
#include "app/host/system/facts.hpp"
#include "app/host/system/files.hpp"
#include "app/host/system/log.hpp"
#include "app/host/system/random.hpp"
#include "app/host/system/watcher.hpp"

namespace planguild {
namespace {

bool is_program(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string find_launcher() {
  std::string self(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", self.data(), self.size());
  if (size > 0) {
    self.resize(static_cast<std::size_t>(size));
    const std::string folder = self.substr(0, self.rfind('/') + 1);
    if (std::string beside = folder + "planguild-worker"; is_program(beside)) return beside;
    // Where `cmake --install` puts it, seen from <prefix>/bin.
    std::error_code problem;
    const auto installed = std::filesystem::canonical(folder + PLANGUILD_INSTALLED_WORKER, problem);
    if (!problem && is_program(installed.string())) return installed.string();
  }
#ifdef PLANGUILD_WORKER_PATH
  if (is_program(PLANGUILD_WORKER_PATH)) return PLANGUILD_WORKER_PATH;
#endif
  return {};
}

system_environment make_system_environment(system_options options) {
  system_environment made;
  made.outside.clock = make_system_clock();
  made.outside.random = make_system_random();
  made.outside.files = make_file_source();
  made.outside.watcher = make_directory_watcher();
  made.outside.facts = make_process_facts();
  made.outside.log = make_log(options.least_level, options.log_descriptor, options.style_of_log);
  made.processes = make_process_runner({std::move(options.launcher_path)});
  made.builtins = make_builtin_runner(options.builtins, made.processes);
  made.outside.processes = made.builtins;
  if (options.state_directory.empty()) {
    made.store = make_null_store();
  } else {
    auto opened = open_store({std::move(options.state_directory), made.outside.log});
    made.store = opened ? *opened : make_null_store("the state directory's name was refused");
  }
  made.outside.store = made.store;
  return made;
}

}  // namespace planguild
