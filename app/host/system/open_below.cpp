// The walk from a planner's folder to one of its files. See the header.
#include "app/host/system/open_below.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::size_t told_bytes_max = 200;  // of a name or target, in a sentence

struct free_text {
  void operator()(char* text) const noexcept { std::free(text); }  // NOLINT(*-no-malloc): realpath's
};

int open_at(int folder, const std::string& name, int flags) {
  int opened = -1;
  do {
    opened = ::openat(folder, name.c_str(), flags | O_CLOEXEC);
  } while (opened < 0 && errno == EINTR);
  return opened;
}

/// What of `path` is left below `folder`; nothing if it does not begin with it.
std::string_view rest_below(std::string_view path, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  if (!path.starts_with(folder) || path.size() <= folder.size() || path[folder.size()] != '/') return {};
  return path.substr(folder.size() + 1);
}

/// `flags` beside those with which a file is opened for reading.
opened_below open_path(const std::string& path, int flags) {
  opened_below result;
  result.file = descriptor(open_at(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | flags));
  if (!result.file || ::fstat(result.file.get(), &result.facts) != 0) result.error = errno;
  return result;
}

class walk {
 public:
  walk(const std::string& folder, opening purpose) : folder_(folder), purpose_(purpose) {}

  opened_below run(const std::string& name) {
    add_steps(name);
    folders_.emplace_back(open_at(AT_FDCWD, folder_, O_PATH | O_DIRECTORY));
    if (!folders_.back()) fail(errno);
    while (result_.error == 0 && !result_.file) {
      if (steps_.empty()) {
        finish(std::move(folders_.back()));
        break;
      }
      const std::string step = std::move(steps_.back());
      steps_.pop_back();
      take(step);
    }
    return std::move(result_);
  }

 private:
  void fail(int error) { result_.error = error; }

  /// Puts the components of `path` before what is left of the way.
  void add_steps(std::string_view path) {
    while (!path.empty()) {
      const std::size_t slash = path.rfind('/');
      const std::string_view step = slash == std::string_view::npos ? path : path.substr(slash + 1);
      if (!step.empty() && step != ".") steps_.emplace_back(step);
      path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
  }

  void take(const std::string& step) {
    if (step == "..") {
      if (folders_.size() == 1) return fail(EXDEV);
      folders_.pop_back();
      names_.pop_back();
      return;
    }
    const bool last = steps_.empty();
    int flags = O_PATH | O_DIRECTORY | O_NOFOLLOW;
    if (last) flags = (purpose_ == opening::to_read ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH) | O_NOFOLLOW;
    descriptor opened(open_at(folders_.back().get(), step, flags));
    const int error = opened ? 0 : errno;
    // A link is ELOOP for reading, ENOTDIR where a folder is wanted (like any file), and itself where O_PATH allows it.
    const bool perhaps_link = error == ELOOP || error == ENOTDIR || (opened && last && purpose_ == opening::to_look);
    if (perhaps_link && follow(step)) return;
    if (!opened) return fail(error == ELOOP ? ENOENT : error);  // exchanged at this moment
    if (last) return finish(std::move(opened));
    if (folders_.size() > limits::planner_folder_depth_max) return fail(ENAMETOOLONG);
    folders_.push_back(std::move(opened));
    names_.push_back(step);
  }

  /// Goes on where the link `step` leads, or fails; false if it is no link.
  bool follow(const std::string& step) {
    std::array<char, PATH_MAX> bytes{};
    const ssize_t size = ::readlinkat(folders_.back().get(), step.c_str(), bytes.data(), bytes.size());
    if (size < 0) return false;
    std::string_view target(bytes.data(), static_cast<std::size_t>(size));
    if (++links_ > limits::planner_links_max) {
      fail(ELOOP);
      return true;
    }
    // Which link it is that leads out shows only later, at a ".." of its target: the last one that was followed.
    result_.link.clear();
    for (const std::string& name : names_) result_.link.append(name).append("/");
    result_.link.append(step);
    result_.target = target;
    if (::fstatat(folders_.back().get(), step.c_str(), &result_.facts, AT_SYMLINK_NOFOLLOW) != 0) result_.facts = {};
    if (target.starts_with('/')) {
      target = below_folder(target);
      if (target.empty()) {
        fail(EXDEV);
        return true;
      }
      folders_.resize(1);
      names_.clear();
    }
    add_steps(target);
    return true;
  }

  /// What an absolute target is, seen from the folder; empty if it leads elsewhere. By its text alone: what follows is
  /// walked like everything else.
  std::string_view below_folder(std::string_view target) const {
    if (const std::string_view rest = rest_below(target, folder_); !rest.empty()) return rest;
    const std::unique_ptr<char, free_text> real(::realpath(folder_.c_str(), nullptr));
    return real ? rest_below(target, real.get()) : std::string_view();
  }

  void finish(descriptor opened) {
    if (::fstat(opened.get(), &result_.facts) != 0) return fail(errno);
    // Exchanged for a link after it was looked at.
    if (S_ISLNK(result_.facts.st_mode)) return fail(ENOENT);
    result_.file = std::move(opened);
  }

  const std::string& folder_;
  const opening purpose_;
  opened_below result_;
  std::vector<descriptor> folders_;  // the planner's, and those on the way to where the walk is
  std::vector<std::string> names_;   // of all but the first
  std::vector<std::string> steps_;   // what is left of the way, the next one last
  int links_ = 0;
};

}  // namespace

opened_below open_file(const std::string& path) {
  return open_path(path, 0);
}

opened_below open_below(const std::string& folder, const std::string& name, opening purpose) {
  const bool is_flat = name.find('/') == std::string::npos && name != "..";
  if (is_flat && purpose == opening::to_read) {  // nearly every file: one call opens it, unless it is a link
    if (auto found = open_path(folder + "/" + name, O_NOFOLLOW); found.error == 0) return found;
  }
  return walk(folder, purpose).run(name);
}

std::string way_out_text(const std::string& folder, const std::string& name, const opened_below& found) {
  std::string text = "\"" + text::cut_bytes(name, told_bytes_max) + "\" leads out of the planner's folder " + folder;
  if (!found.link.empty()) {
    text += ": the symbolic link \"" + text::cut_bytes(found.link, told_bytes_max) + "\" points to \"" +
            text::cut_bytes(found.target, told_bytes_max) + "\"";
  }
  return text + ". Put the file itself into the folder; a program of the system is named without a slash";
}

}  // namespace planguild
