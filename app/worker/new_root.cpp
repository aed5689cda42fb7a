// Building the root and changing into it. See the header.
#include "app/worker/new_root.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "app/worker/exit_codes.hpp"
#include "app/worker/failure.hpp"

namespace planguild {
namespace {

constexpr std::uint64_t common_attributes = MOUNT_ATTR_NOSUID;

/// What went wrong where; nothing if `error` is 0.
struct mount_failure {
  int error = 0;
  const char* step = "";
};

class owned_descriptor {
 public:
  explicit owned_descriptor(int number) : number_(number) {}
  owned_descriptor(const owned_descriptor&) = delete;
  owned_descriptor& operator=(const owned_descriptor&) = delete;
  ~owned_descriptor() { reset(-1); }
  [[nodiscard]] int get() const { return number_; }
  void reset(int number) {
    const int error = errno;
    if (number_ >= 0) close(number_);
    number_ = number;
    errno = error;
  }
  /// The number; whoever gets it closes it.
  [[nodiscard]] int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

int open_inside(int root, const char* path, std::uint64_t flags) {
  open_how how{};
  how.flags = flags | O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT;  // no symbolic link among the granted files leads out of the new root
  return static_cast<int>(syscall(SYS_openat2, root, path, &how, sizeof how));
}

/// Makes `name` in the folder `parent` and opens it. Returns a descriptor or -1 with errno set.
int make_and_open(int parent, const char* name, bool folder) {
  const int made = folder ? mkdirat(parent, name, 0755) : mknodat(parent, name, S_IFREG | 0644, 0);
  if (made != 0) return -1;
  return openat(parent, name, O_PATH | O_CLOEXEC | O_NOFOLLOW | (folder ? O_DIRECTORY : 0));
}

/// Opens `path` (absolute) below the new root, making the folders on the way and, at its end, a folder or an empty file
/// where there is none. A folder on the way is mostly there from an earlier path, but below one that is missing there
/// is nothing, and what is at the end is mostly missing: so one is looked for before it is made, the others are made
/// before they are looked for. Returns a descriptor or -1 with errno set.
int make_inside(int root, const char* path, bool folder) {
  char walked[PATH_MAX];
  const std::size_t size = std::strlen(path);
  if (size >= sizeof walked) {
    errno = ENAMETOOLONG;
    return -1;
  }
  owned_descriptor place(-1);  // where the walk is; the root until the first name
  bool missing = false;
  for (std::size_t start = 0; start < size;) {
    while (path[start] == '/') ++start;
    std::size_t end = start;
    while (end < size && path[end] != '/') ++end;
    if (end == start) break;  // a slash at the end
    std::memcpy(walked, path, end);
    walked[end] = '\0';
    const bool is_last = std::strspn(path + end, "/") == size - end;
    const bool wants_folder = folder || !is_last;
    const std::uint64_t flags = wants_folder ? O_DIRECTORY : 0;
    const int parent = place.get() < 0 ? root : place.get();
    int next = missing || is_last ? -1 : open_inside(root, walked, flags);
    missing = missing || (next < 0 && errno == ENOENT);
    if (next < 0 && (missing || is_last)) next = make_and_open(parent, walked + start, wants_folder);
    if (next < 0 && errno == EEXIST) {  // dots, links, and what lies in a tree that is bound already
      missing = false;
      next = open_inside(root, walked, flags);
    }
    place.reset(next);
    if (next < 0) return -1;
    start = end;
  }
  return place.get() < 0 ? open_inside(root, "/", O_DIRECTORY) : place.release();
}

std::uint64_t mount_attributes(access_kind access) {
  switch (access) {
    case access_kind::read:
    case access_kind::execute:
      return common_attributes | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY;
    case access_kind::write:
      return common_attributes | MOUNT_ATTR_NODEV;
    case access_kind::device:
    case access_kind::sink:
      return common_attributes | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY;  // which leaves the device itself writable
  }
  return common_attributes | MOUNT_ATTR_RDONLY;
}

/// A copy of the tree at the path, with everything mounted in it, appears in the new root at the same path.
int bind_granted(int root, const grant& granted) {
  const owned_descriptor tree(
      open_tree(AT_FDCWD, granted.path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | static_cast<unsigned>(AT_RECURSIVE)));
  if (tree.get() < 0) return errno == ENOENT || errno == ENOTDIR ? 0 : errno;
  struct stat facts {};
  if (fstat(tree.get(), &facts) != 0) return errno;
  mount_attr wanted{};
  wanted.attr_set = mount_attributes(granted.access);
  if (mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted) != 0) return errno;
  const owned_descriptor place(make_inside(root, granted.path, S_ISDIR(facts.st_mode)));
  if (place.get() < 0) return errno;
  const unsigned both_empty = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return move_mount(tree.get(), "", place.get(), "", both_empty) == 0 ? 0 : errno;
}

/// Whether `path` is `folder` or lies in it.
bool lies_in(const char* path, const char* folder) {
  const std::size_t size = std::strlen(folder);
  return std::strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

/// A link of the system that becomes a link in the new root.
struct system_link {
  const grant* granted = nullptr;
  char text[64] = {};  // what it says; longer ones are bound like everything else
};

/// Whether an absolute path has neither dots nor empty names, so that its text tells where it leads, but for links.
bool is_plain(const char* path) {
  for (const char* slash = path; (slash = std::strchr(slash, '/')) != nullptr; ++slash) {
    const char* name = slash + 1;
    if (*name == '/') return false;
    const std::size_t dots = std::strspn(name, ".");
    if (dots > 0 && dots < 3 && (name[dots] == '/' || name[dots] == '\0')) return false;
  }
  return true;
}

/// Whether the path is a link of the system to what is granted anyway with a folder of the system (/lib, where it is
/// usr/lib), and nothing else is granted at the link or below it. `link` gets what it says.
bool leads_into_granted(const grant_list& grants, const grant& granted, system_link& link) {
  const bool is_device = granted.access == access_kind::device || granted.access == access_kind::sink;
  if (!granted.system || is_device) return false;
  const ssize_t size = readlink(granted.path, link.text, sizeof link.text);
  if (size <= 0 || static_cast<std::size_t>(size) == sizeof link.text) return false;
  link.text[size] = '\0';
  link.granted = &granted;
  char place[PATH_MAX + sizeof link.text];
  const char* name = std::strrchr(granted.path, '/') + 1;
  const int folder_size = link.text[0] == '/' ? 0 : static_cast<int>(name - granted.path);
  (void)std::snprintf(place, sizeof place, "%.*s%s", folder_size, granted.path, link.text);
  if (!is_plain(place)) return false;
  bool leads = false;
  for (const grant& other : grants) {
    if (!is_plain(other.path)) return false;
    if (&other != &granted && lies_in(other.path, granted.path)) return false;
    leads = leads || (other.system && other.access == access_kind::execute && lies_in(place, other.path));
  }
  return leads;
}

/// The link itself, which costs a fraction of a mount. False if it could not be made or leads nowhere in the new root.
bool make_link(int root, const system_link& link) {
  const char* path = link.granted->path;
  const char* name = std::strrchr(path, '/') + 1;
  char folder[PATH_MAX];
  (void)std::snprintf(folder, sizeof folder, "%.*s", static_cast<int>(name - path), path);
  const owned_descriptor made(name - path > 1 ? make_inside(root, folder, true) : -1);
  const int place = name - path > 1 ? made.get() : root;
  if (place < 0 || symlinkat(link.text, place, name) != 0) return false;
  const owned_descriptor reached(open_inside(root, path, 0));
  if (reached.get() >= 0) return true;
  (void)unlinkat(place, name, 0);
  return false;
}

/// Links come behind what they lead to. A path that leads through one of them is nowhere before it; then all are bound
/// once more, in their order, so that what is granted below another stays above it.
mount_failure add_granted(int root, const grant_list& grants) {
  system_link links[grant_list::system_max];
  std::size_t link_count = 0;
  bool again = false;
  for (const grant& granted : grants) {
    if (link_count < grant_list::system_max && leads_into_granted(grants, granted, links[link_count])) {
      ++link_count;
      continue;
    }
    const int error = bind_granted(root, granted);
    if (error == 0 || granted.system) continue;
    if (error != ENOENT) return {error, granted.path};
    again = true;
  }
  for (std::size_t number = 0; number < link_count; ++number) {
    if (!make_link(root, links[number])) (void)bind_granted(root, *links[number].granted);
  }
  if (!again) return {};
  for (const grant& granted : grants) {
    const bool is_link = std::any_of(links, links + link_count,
                                     [&granted](const system_link& link) { return link.granted == &granted; });
    if (is_link) continue;
    const int error = bind_granted(root, granted);
    if (error != 0 && !granted.system) return {error, granted.path};
  }
  return {};
}

/// A file system that is mounted nowhere yet. Returns a descriptor or -1 with errno set.
int make_file_system(const char* type, const char* option, const char* value, unsigned attributes) {
  const owned_descriptor context(fsopen(type, FSOPEN_CLOEXEC));
  if (context.get() < 0) return -1;
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, option, value, 0) != 0 && errno != EINVAL) return -1;
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) return -1;
  return fsmount(context.get(), FSMOUNT_CLOEXEC, attributes);
}

/// Shows the processes of the namespace and, where the kernel can leave them out, nothing of the machine.
bool add_processes(int root) {
  const owned_descriptor processes(make_file_system(
      "proc", "subset", "pid", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  if (processes.get() < 0) return false;
  const owned_descriptor place(make_inside(root, "/proc", true));
  const unsigned both_empty = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
  return place.get() >= 0 && move_mount(processes.get(), "", place.get(), "", both_empty) == 0;
}

/// Mounted over the root, the new root hides nothing: paths still start at the old one, which processes have as theirs.
mount_failure fill(int root, const worker_arguments& given, bool own_processes, bool& has_processes) {
  if (move_mount(root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) != 0) return {errno, "mount"};
  const mount_failure failure = add_granted(root, given.grants);
  if (failure.error != 0) return failure;
  has_processes = own_processes && add_processes(root);
  const owned_descriptor directory(open_inside(root, given.directory, O_DIRECTORY));
  if (directory.get() < 0) return {errno, "the working directory is not granted"};
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_RDONLY;
  if (mount_setattr(root, "", AT_EMPTY_PATH, &wanted, sizeof wanted) != 0) return {errno, "mount_setattr"};
  return {};
}

/// Whether another root lies above this one, into which "/.." leads.
bool something_above() {
  struct stat root {};
  struct stat above {};
  return stat("/", &root) != 0 || stat("/..", &above) != 0 || root.st_dev != above.st_dev ||
         root.st_ino != above.st_ino;
}

}  // namespace

void change_root(const worker_arguments& given, bool own_processes, layer_statement& layers) {
  const owned_descriptor root(
      make_file_system("tmpfs", "size", "1M", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));  // holds folders alone
  if (root.get() < 0) return layers.refused(layer::mount_namespace, errno, "tmpfs");
  bool has_processes = false;
  const mount_failure failure = fill(root.get(), given, own_processes, has_processes);
  if (failure.error != 0) {
    // The half-built root stays above the old one, where no path leads; it goes with the namespace.
    return layers.refused(layer::mount_namespace, failure.error, failure.step);
  }
  if (fchdir(root.get()) != 0) return layers.refused(layer::mount_namespace, errno, "fchdir");
  if (syscall(SYS_pivot_root, ".", ".") != 0) {
    const int error = errno;
    if (chdir(given.directory) != 0) give_up(worker_exit::working_directory, "directory", given.directory, errno);
    return layers.refused(layer::mount_namespace, error, "pivot_root");
  }
  // The old root now lies above the new one, in the place where this process stands.
  const int error = umount2(".", MNT_DETACH) == 0 ? 0 : errno;
  if (chdir("/") != 0 || chdir(given.directory) != 0) {
    give_up(worker_exit::working_directory, "directory", given.directory, errno);
  }
  if (error != 0) return layers.refused(layer::mount_namespace, error, "detaching the old root");
  if (something_above()) return layers.set_unavailable(layer::mount_namespace, "the old root is still above");
  layers.set_active(layer::mount_namespace, "%s", has_processes ? "" : "no /proc");
}

}  // namespace planguild
