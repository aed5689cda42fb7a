// Runs `git log` and counts names. Owned by app/index; blocks.
#include "app/index/git_churn.hpp"

#include <unistd.h>

#include <string_view>

#include "app/index/bounded_command.hpp"
#include "app/index/index_limits.hpp"
#include "messages/text.hpp"

namespace planguild {

namespace {

std::string find_git() {
  for (const char* path : {"/usr/bin/git", "/bin/git", "/usr/local/bin/git"}) {
    if (::access(path, X_OK) == 0) {
      return path;
    }
  }
  return {};
}

bounded_command git_log(const std::string& git, const std::string& folder) {
  bounded_command command;
  // A repository's own configuration may name programs to run, and may belong to anybody. With all of those switched
  // off it is safe to read a repository of another user (`safe.directory`), which containers and CI make common.
  command.argv = {git,
                  "--no-pager",
                  "-c",
                  "core.fsmonitor=false",
                  "-c",
                  "core.hooksPath=/dev/null",
                  "-c",
                  "protocol.allow=never",
                  "-c",
                  "log.showSignature=false",
                  "-c",
                  "core.quotePath=false",
                  "-c",
                  "core.untrackedCache=false",
                  "-c",
                  "safe.directory=*",
                  "-C",
                  folder,
                  "log",
                  "--since=1.year",
                  "--name-only",
                  "-z",
                  "--relative",
                  "--no-renames",
                  "--no-ext-diff",
                  "--no-textconv",
                  "--no-show-signature",
                  "--no-color",
                  "--no-decorate",
                  "--no-notes",
                  "--ignore-submodules=all",
                  "--no-merges",
                  "--format=",
                  "--",
                  "."};
  command.environment = {"PATH=/usr/bin:/bin",          "LC_ALL=C",
                         "HOME=/nonexistent",           "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
                         "GIT_OPTIONAL_LOCKS=0",        "GIT_NO_LAZY_FETCH=1",
                         "GIT_ASKPASS=/bin/false"};
  command.output_bytes_max = index_limits::git_output_bytes_max;
  command.timeout_ms = index_limits::git_timeout_ms;
  return command;
}

// The first line of what git said, without its "fatal: ".
std::string first_line(std::string_view said) {
  auto line = text::trim(said.substr(0, said.find('\n')));
  if (line.starts_with("fatal: ")) {
    line.remove_prefix(7);
  }
  return text::valid_utf8(line);
}

// Names end with NUL; between commits git may put a newline or an empty name.
void count_names(std::string_view output, bool truncated, std::unordered_map<std::string, std::uint32_t>& changes) {
  while (!output.empty()) {
    auto end = output.find('\0');
    if (end == std::string_view::npos && truncated) {
      return;
    }
    auto name = output.substr(0, end);
    output = end == std::string_view::npos ? std::string_view{} : output.substr(end + 1);
    while (name.starts_with('\n')) {
      name.remove_prefix(1);
    }
    if (!name.empty()) {
      ++changes[std::string(name)];
    }
  }
}

}  // namespace

git_churn read_git_churn(const std::string& folder, const std::atomic<bool>* stop) {
  git_churn churn;
  auto git = find_git();
  if (git.empty()) {
    churn.absent_reason = "git is not installed";
    return churn;
  }
  auto command = git_log(git, folder);
  command.stop = stop;
  auto result = run_bounded(command);
  churn.truncated = result.truncated || result.timed_out;
  if (!result.started) {
    churn.absent_reason = "git could not be started";
  } else if (!result.exited_ok && !churn.truncated) {
    auto reason = first_line(result.error_text);
    churn.absent_reason = reason.empty() ? "git log failed" : "git: " + reason;
  } else {
    churn.present = true;
    count_names(result.output, churn.truncated, churn.changes);
  }
  return churn;
}

}  // namespace planguild
