// planguild-library-worker: runs one native planner. planguild-worker becomes this program inside the finished sandbox,
// with descriptors 0 and 1 (the protocol), 2 (a pipe) and a sealed copy of the shared object in memory:
//
//   planguild-library-worker --library DESCRIPTOR --name NAME
//
// It takes the protocol away from where the planner's own output goes, forbids itself to execute anything, loads the
// shared object, and serves planner protocol 1 with it until `shutdown` or the end of input. Where no planner comes to
// be it says why in one line on standard error and ends with a code of library_exit_codes.hpp; a planner whose
// constructor fails answers `initialize` with an error. The planner runs on this program's first thread; a second one
// reads.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "app/worker/elf_object.hpp"
#include "app/worker/library_exit_codes.hpp"
#include "app/worker/library_planner.hpp"
#include "app/worker/system_call_guard.hpp"

namespace planguild {
namespace {

struct library_arguments {
  int descriptor = -1;
  std::string name;
};

/// Where the protocol is spoken, out of the planner's way.
struct protocol_descriptors {
  int input = -1;
  int output = -1;
};

/// One line on standard error, then the end. Nothing of the planner is run by it.
[[noreturn]] void end_with(int exit_code, const std::string& sentence) {
  const auto line = "planguild-library-worker: " + sentence + "\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(exit_code);
}

library_arguments read_library_arguments(int count, char** arguments) {
  library_arguments result;
  const std::array<std::string_view, 2> names{"--library", "--name"};
  const bool is_shaped = count == 5 && arguments[1] == names[0] && arguments[3] == names[1];
  const std::string_view number = is_shaped ? arguments[2] : "";
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), result.descriptor);
  if (!is_shaped || parsed.ec != std::errc() || parsed.ptr != number.data() + number.size() || result.descriptor < 3) {
    end_with(library_exit::usage, "usage: planguild-library-worker --library DESCRIPTOR --name NAME");
  }
  result.name = arguments[4];
  return result;
}

/// A copy under a number that a careless planner does not close; as high as the limit on descriptors allows.
int copy_upwards(int descriptor) {
  for (const int from : {1'000, 200, 40, 3}) {
    const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, from);
    if (copy >= 0) return copy;
  }
  return -1;
}

/// Standard input becomes empty and standard output the same as standard error, so that nothing that the planner prints
/// or reads is taken for the protocol.
protocol_descriptors move_protocol() {
  const protocol_descriptors moved{copy_upwards(STDIN_FILENO), copy_upwards(STDOUT_FILENO)};
  std::array<int, 2> empty{-1, -1};
  const bool done = moved.input >= 0 && moved.output >= 0 && ::pipe2(empty.data(), O_CLOEXEC) == 0 &&
                    ::dup2(empty[0], STDIN_FILENO) == STDIN_FILENO &&
                    ::dup2(STDERR_FILENO, STDOUT_FILENO) == STDOUT_FILENO;
  if (!done) {
    end_with(library_exit::descriptors,
             std::string("the protocol cannot be moved away from descriptors 0 and 1: ") +
                 std::strerror(errno));  // NOLINT(concurrency-mt-unsafe): one thread
  }
  ::close(empty[0]);
  ::close(empty[1]);
  // Whole lines also before the end, which does not flush.
  (void)std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  return moved;
}

/// What the linker says, with the planner's name instead of a path that means nothing outside of this process.
std::string reason_of_linker(const std::string& path, const std::string& name) {
  const char* said = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one thread
  std::string reason = said == nullptr ? "no reason was given" : said;
  for (auto at = reason.find(path); at != std::string::npos; at = reason.find(path, at + name.size())) {
    reason.replace(at, path.size(), name);
  }
  return reason;
}

/// Why the bytes are nothing that can be loaded; empty where the linker is to find out. A file that was cut off would
/// end this process by a signal, without a word.
std::string problem_of_bytes(int descriptor) {
  struct stat facts {};
  if (::fstat(descriptor, &facts) != 0) return std::string("cannot be read: ") + std::strerror(errno);  // NOLINT
  const auto size = static_cast<std::size_t>(facts.st_size);
  if (size == 0) return "is empty";
  void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) return {};
  auto problem = read_elf({static_cast<const char*>(bytes), size}, PLANGUILD_PLANNER_SYMBOL).problem;
  ::munmap(bytes, size);
  return problem;
}

const planguild_planner_interface& load(const library_arguments& given) {
  if (const auto problem = problem_of_bytes(given.descriptor); !problem.empty()) {
    end_with(library_exit::not_loadable, given.name + " cannot be loaded: its library " + problem);
  }
  const auto path = "/proc/self/fd/" + std::to_string(given.descriptor);
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    end_with(library_exit::not_loadable, given.name + " cannot be loaded: " + reason_of_linker(path, given.name));
  }
  ::close(given.descriptor);
  const auto* functions = static_cast<const planguild_planner_interface*>(::dlsym(library, PLANGUILD_PLANNER_SYMBOL));
  if (const auto problem = problem_of(functions)) end_with(problem->exit_code, given.name + " " + problem->message);
  return *functions;
}

/// The planner goes with this function; what it leaves behind goes with the process.
int serve_library(const planguild_planner_interface& functions, const protocol_descriptors& protocol) {
  library_planner planner(functions);
  return serve_planner(planner, protocol.input, protocol.output);
}

}  // namespace
}  // namespace planguild

int main(int argc, char** argv) {
  using namespace planguild;
  const auto given = read_library_arguments(argc, argv);
  int exit_code = 1;
  try {
    (void)std::signal(SIGPIPE, SIG_IGN);
    const auto protocol = move_protocol();
    if (!refuse_dumps()) {
      end_with(library_exit::dumpable, "the process cannot be made undumpable, as its sandbox promises");
    }
    name_stopped_calls();
    deny_execution();
    exit_code = serve_library(load(given), protocol);
  } catch (const std::exception& problem) {
    end_with(exit_code, given.name + ": " + problem.what());
  }
  ::_exit(exit_code);  // without the planner's exit handlers: nothing of it is to run on
}
