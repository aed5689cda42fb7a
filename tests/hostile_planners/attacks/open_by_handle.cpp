// Opens a file by its number, past all folders.
#include <fcntl.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(open_by_handle) {
  alignas(8) char space[sizeof(file_handle) + 128] = {};
  auto* handle = reinterpret_cast<file_handle*>(space);
  handle->handle_bytes = 128;
  int mount = 0;
  if (name_to_handle_at(AT_FDCWD, "/", handle, &mount, 0) != 0) return hostile::denied("name_to_handle_at");
  const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return hostile::denied("open");
  const int opened = open_by_handle_at(root, handle, O_RDONLY | O_CLOEXEC);
  if (opened < 0 && (errno == EOPNOTSUPP || errno == ESTALE))
    return hostile::impossible("the root has no such numbers");
  return hostile::tried("open_by_handle_at", opened);
}
