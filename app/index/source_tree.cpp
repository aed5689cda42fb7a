// The walk, with an explicit stack of folders. Owned by app/index; blocking file system calls, any one thread.
#include "app/index/source_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "app/index/index_limits.hpp"
#include "messages/text.hpp"

namespace planguild {

namespace {

constexpr std::array<std::string_view, 6> skipped_folders{"__pycache__",  "build",  "dist",
                                                          "node_modules", "target", "vendor"};

bool is_skipped_folder(std::string_view name) {
  return name.starts_with('.') ||
         std::find(skipped_folders.begin(), skipped_folders.end(), name) != skipped_folders.end();
}

bool is_printable(std::string_view name) {
  bool control = std::any_of(name.begin(), name.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; });
  return !control && text::valid_utf8(name) == name;
}

enum class entry_kind : std::uint8_t { file, folder, neither };

entry_kind kind_of(int folder_fd, const dirent& entry) {
  if (entry.d_type == DT_REG) {
    return entry_kind::file;
  }
  if (entry.d_type == DT_DIR) {
    return entry_kind::folder;
  }
  struct stat status {};
  if (entry.d_type != DT_UNKNOWN || ::fstatat(folder_fd, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return entry_kind::neither;
  }
  return S_ISREG(status.st_mode)   ? entry_kind::file
         : S_ISDIR(status.st_mode) ? entry_kind::folder
                                   : entry_kind::neither;
}

struct pending_folder {
  std::string path;  // relative, "" for the root, else ending in '/'
  std::size_t depth = 0;
};

class tree_walker {
 public:
  explicit tree_walker(int root_fd) : root_fd_(root_fd) { pending_.push_back({}); }

  bool done() const { return pending_.empty() || tree_.files.size() >= index_limits::files_max; }

  void visit_next() {
    auto folder = std::move(pending_.back());
    pending_.pop_back();
    int fd = ::openat(root_fd_, folder.path.empty() ? "." : folder.path.c_str(),
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    std::unique_ptr<DIR, int (*)(DIR*)> entries(fd < 0 ? nullptr : ::fdopendir(fd), ::closedir);
    if (!entries) {
      if (fd >= 0) {
        ::close(fd);
      }
      ++tree_.unreadable_folders;
      return;
    }
    read_entries(entries.get(), folder);
  }

  source_tree take() {
    tree_.truncated = tree_.truncated || !pending_.empty();
    std::sort(tree_.files.begin(), tree_.files.end(),
              [](const source_file& a, const source_file& b) { return a.path < b.path; });
    return std::move(tree_);
  }

 private:
  void read_entries(DIR* entries, const pending_folder& folder) {
    std::vector<std::string> folders;
    std::vector<source_file> files;
    while (const dirent* entry = ::readdir(entries)) {
      if (++entries_seen_ > index_limits::entries_max) {
        tree_.truncated = true;
        pending_.clear();
        break;
      }
      std::string_view name = entry->d_name;
      auto kind = name == "." || name == ".." ? entry_kind::neither : kind_of(::dirfd(entries), *entry);
      if (kind == entry_kind::folder && !is_skipped_folder(name) && is_printable(name)) {
        folders.push_back(folder.path + entry->d_name + '/');
      } else if (kind == entry_kind::file) {
        auto lang = language_of(name);
        if (lang && is_printable(name)) {
          files.push_back({folder.path + entry->d_name, *lang});
        } else {
          ++tree_.other_files;
        }
      }
    }
    add(std::move(files));
    descend(std::move(folders), folder.depth);
  }

  // Sorted, so that what a bound cuts off is the same in every walk.
  void add(std::vector<source_file> files) {
    std::sort(files.begin(), files.end(), [](const source_file& a, const source_file& b) { return a.path < b.path; });
    for (auto& file : files) {
      if (tree_.files.size() >= index_limits::files_max) {
        tree_.truncated = true;
        return;
      }
      tree_.files.push_back(std::move(file));
    }
  }

  void descend(std::vector<std::string> folders, std::size_t depth) {
    if (depth + 1 > index_limits::folder_depth_max) {
      tree_.truncated = tree_.truncated || !folders.empty();
      return;
    }
    std::sort(folders.begin(), folders.end(), std::greater<>());
    for (auto& path : folders) {
      pending_.push_back({std::move(path), depth + 1});
    }
  }

  int root_fd_;
  std::size_t entries_seen_ = 0;
  std::vector<pending_folder> pending_;
  source_tree tree_;
};

}  // namespace

outcome<source_tree> walk_source_tree(const std::string& root, const std::atomic<bool>* stop) {
  int fd = ::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    bool missing = errno == ENOENT || errno == ENOTDIR;
    return make_failure(missing ? failure_code::not_found : failure_code::invalid_request,
                        missing ? "no such folder" : "the folder cannot be opened", {}, root);
  }
  tree_walker walker(fd);
  while (!walker.done()) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) {
      ::close(fd);
      return make_failure(failure_code::cancelled, "stopped while listing files", {}, root);
    }
    walker.visit_next();
  }
  ::close(fd);
  return walker.take();
}

}  // namespace planguild
