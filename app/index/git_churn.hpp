// How often each file changed within the last year, from git. Owned by app/index; starts a process and blocks for at
// most `git_timeout_ms`; any thread that may block.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace planguild {

/// Commits that touched each file; paths are relative to the folder asked about. Without git, without a repository or
/// without commits there is no churn, and `absent_reason` says why: that is no failure.
struct git_churn {
  bool present = false;
  bool truncated = false;  ///< Git's output or time ran out: the newest commits were counted.
  std::string absent_reason;
  std::unordered_map<std::string, std::uint32_t> changes;
};

/// Asks the git repository that `folder` is in, which may be a folder below its root. Nothing that the repository
/// configures is run: no hooks, no file system monitor, no external diff, no signature check, no transport. `stop`, if
/// given, ends it early.
git_churn read_git_churn(const std::string& folder, const std::atomic<bool>* stop = nullptr);

}  // namespace planguild
