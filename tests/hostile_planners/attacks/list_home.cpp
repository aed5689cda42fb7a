// Lists the .ssh folder of the host's user.
#include <dirent.h>

#include "tests/hostile_planners/attack.hpp"

HOSTILE_ATTACK(list_home) {
  DIR* folder = opendir(hostile::path_in(hostile::argument("scratch"), "home/.ssh"));
  if (folder == nullptr) return hostile::denied("opendir");
  long entries = 0;
  while (readdir(folder) != nullptr) ++entries;  // NOLINT(concurrency-mt-unsafe): one thread
  closedir(folder);
  return hostile::effect("listed entries", entries);
}
