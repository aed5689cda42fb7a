// Entering namespaces. See the header.
#include "app/worker/namespaces.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/worker/privileges.hpp"

namespace planguild {
namespace {

/// Returns 0 or an errno value.
int write_text(const char* path, const char* text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  const ssize_t written = write(file, text, std::strlen(text));
  const int error = written < 0 ? errno : 0;
  close(file);
  return error;
}

/// Which namespace of a kind this process is in, or its next child: what the link in /proc says. A namespace that no
/// process is in yet cannot be read.
struct namespace_name {
  char text[64] = {};
  bool known = false;

  explicit namespace_name(const char* path) { known = readlink(path, text, sizeof text - 1) > 0; }
};

/// Leaves the namespace that `path` names. Done only if it is seen to be another one afterwards: an outer sandbox may
/// answer unshare() without doing anything, and what follows would then be done to the host.
bool leave(layer which, int flag, const char* path, const char* step, layer_statement& layers) {
  const namespace_name before(path);
  if (!before.known) {
    layers.refused(which, errno, path);
    return false;
  }
  if (unshare(flag) != 0) {
    layers.refused(which, errno, step);
    return false;
  }
  const namespace_name after(path);
  const bool is_empty = !after.known && errno == ENOENT && flag == CLONE_NEWPID;
  if (is_empty || (after.known && std::strcmp(before.text, after.text) != 0)) return true;
  layers.set_unavailable(which, "not in force after the call");
  return false;
}

/// The user becomes itself in its own namespace: no user of the host is anybody else there.
void enter_user_namespace(layer_statement& layers) {
  if (!layers.asked(layer::user_namespace)) return;
  if (started_as_root()) return layers.set_off(layer::user_namespace, "root needs none");
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (!leave(layer::user_namespace, CLONE_NEWUSER, "/proc/self/ns/user", nullptr, layers)) return;
  // Where a security module takes the capabilities in the namespace away (Ubuntu 24.04), the first write says so.
  char map[64];
  int error = write_text("/proc/self/setgroups", "deny");
  if (error != 0) return layers.refused(layer::user_namespace, error, "setgroups");
  (void)std::snprintf(map, sizeof map, "%u %u 1\n", user, user);
  error = write_text("/proc/self/uid_map", map);
  if (error != 0) return layers.refused(layer::user_namespace, error, "uid_map");
  (void)std::snprintf(map, sizeof map, "%u %u 1\n", group, group);
  error = write_text("/proc/self/gid_map", map);
  if (error != 0) return layers.refused(layer::user_namespace, error, "gid_map");
  if (geteuid() != user || getegid() != group) {
    return layers.set_unavailable(layer::user_namespace, "the maps are not in force");
  }
  layers.set_active(layer::user_namespace);
}

bool enter(layer which, int flag, const char* path, layer_statement& layers) {
  return layers.asked(which) && leave(which, flag, path, nullptr, layers);
}

}  // namespace

entered_namespaces enter_namespaces(layer_statement& layers) {
  entered_namespaces entered;
  enter_user_namespace(layers);
  if (enter(layer::mount_namespace, CLONE_NEWNS, "/proc/self/ns/mnt", layers)) {
    entered.mount = mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (!entered.mount) layers.refused(layer::mount_namespace, errno, "private mounts");
  }
  if (enter(layer::network_namespace, CLONE_NEWNET, "/proc/self/ns/net", layers)) {
    layers.set_active(layer::network_namespace);
  }
  if (enter(layer::ipc_namespace, CLONE_NEWIPC, "/proc/self/ns/ipc", layers) &&
      leave(layer::ipc_namespace, CLONE_NEWUTS, "/proc/self/ns/uts", "host name", layers)) {
    layers.set_active(layer::ipc_namespace);
  }
  entered.process = enter(layer::pid_namespace, CLONE_NEWPID, "/proc/self/ns/pid_for_children", layers);
  return entered;
}

}  // namespace planguild
