// Attempts on files. See the header.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <filesystem>

#include "attempts.hpp"

namespace attempts {
namespace {

using text = const std::string&;

int opened(text path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC, 0644);
  if (file < 0) return errno;
  char byte = 'x';
  const int error = from((flags & O_ACCMODE) == O_RDONLY ? read(file, &byte, 1) : write(file, &byte, 1));
  close(file);
  return error;
}

int list(text path, std::string& answer) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(path, failed)) {
    answer += (answer.empty() ? "" : ",") + entry.path().filename().string();
  }
  return failed.value();
}

}  // namespace

const std::map<std::string, attempt> on_files{
    {"read", [](text path, std::string&) { return opened(path, O_RDONLY); }},
    {"write", [](text path, std::string&) { return opened(path, O_WRONLY); }},
    {"create", [](text path, std::string&) { return opened(path, O_WRONLY | O_CREAT | O_EXCL); }},
    {"truncate", [](text path, std::string&) { return from(truncate(path.c_str(), 0)); }},
    {"chmod", [](text path, std::string&) { return from(chmod(path.c_str(), 0644)); }},
    {"remove", [](text path, std::string&) { return from(unlink(path.c_str())); }},
    {"make_folder", [](text path, std::string&) { return from(mkdir(path.c_str(), 0755)); }},
    {"make_link", [](text path, std::string&) { return from(symlink("/etc/passwd", path.c_str())); }},
    {"is_link",
     [](text path, std::string&) {
       char target[PATH_MAX];
       return from(readlink(path.c_str(), target, sizeof target) < 0 ? -1 : 0);
     }},
    {"exists", [](text path, std::string&) { return from(access(path.c_str(), F_OK)); }},
    {"move", [](text path, std::string&) { return from(rename(path.c_str(), (path + ".moved").c_str())); }},
    {"mount", [](text path, std::string&) { return from(mount("none", path.c_str(), "tmpfs", 0, nullptr)); }},
    {"list", list},
};

}  // namespace attempts
