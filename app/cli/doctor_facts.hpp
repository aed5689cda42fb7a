// What `planguild doctor` has looked at, as plain values, and the functions that look. The findings are made from these
// values alone (doctor_checks.hpp), so a test can make up any machine. Looking reads files and starts one short-lived
// child process; main thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/lint.hpp"
#include "messages/config.hpp"
#include "messages/discovery.hpp"
#include "messages/environment.hpp"
#include "messages/health.hpp"

namespace planguild::cli {

/// The folder and the file of what is remembered.
struct store_facts {
  enum class condition : std::uint8_t {
    good,      // the file is there and can be read and written
    absent,    // it is not there yet and will be made
    unnamed,   // nothing names a folder
    unusable,  // cannot be made, read or written, or is not ours; nothing is kept
    corrupt,   // damaged; the next command sets it aside and begins anew
    busy,      // another process held it for too long
  };
  /// Where an unusable one is at fault.
  enum class fault : std::uint8_t { none, no_folder, not_a_folder, folder_not_writable, file };
  condition state = condition::good;
  fault where = fault::none;
  std::string directory;
  std::string file;                    // the database's path
  std::string reason;                  // why it is not good
  std::uint32_t directory_mode = 0;    // permission bits; 0 where there is no folder
  std::vector<std::string> set_aside;  // paths of databases that were corrupt

  bool keeps_nothing() const noexcept { return state == condition::unnamed || state == condition::unusable; }
};

/// Looks at the store in `directory` (empty: unnamed) and makes nothing that is not there. Blocks at most a second
/// where another process holds it.
store_facts look_at_store(const std::string& directory);

/// One thing of the kernel: there, or why not.
struct kernel_feature {
  bool works = false;
  std::string reason;  // why it does not
};

/// What the sandbox needs of this machine, asked of the kernel itself.
struct kernel_facts {
  std::string release;   // "6.1.0-18-amd64"
  int landlock_abi = 0;  // 0: there is none
  std::string landlock_reason;
  kernel_feature seccomp;          // filters that end the process
  kernel_feature user_namespaces;  // made and mapped by this user
  kernel_feature pidfd;
  kernel_feature cgroup;  // version 2, and this process's own group may have children
  bool is_root = false;
};

/// Asks the kernel. Starts one child that tries a user namespace and ends.
kernel_facts look_at_kernel();

/// One planner root, or a manifest's folder.
struct root_facts {
  std::string path;  // absolute
  bool found = false;
  bool is_folder = false;
  std::string unreadable;  // why its entries cannot be listed; empty: they can
  std::uint32_t mode = 0;
};

struct manifest_facts {
  std::string path;  // absolute
  std::uint32_t mode = 0;
  std::optional<skipped_planner> left_out;  // by the configuration; then nobody looked into it
  std::optional<lint_report> lint;
};

struct doctor_facts {
  std::string version;
  std::string program_folder;  // of this program; ends with a slash
  config_load configuration;
  std::vector<root_facts> roots;
  std::vector<import_failure> search_failures;  // folders below the roots that could not be searched
  std::vector<manifest_facts> manifests;
  std::uint64_t manifests_left = 0;  // beyond the bound, not looked at
  std::string launcher;              // path of planguild-worker; empty: it is missing
  store_facts store;
  kernel_facts kernel;
  // of a runtime; none if it was not asked, and then why
  std::optional<planner_list> planners;
  std::optional<health_report> health;
  std::string not_asked;
};

/// Roots, manifests and launcher, for the configuration that `facts` has.
void look_at_planners(doctor_facts& facts, file_source& files, const std::string& working_directory);

}  // namespace planguild::cli
