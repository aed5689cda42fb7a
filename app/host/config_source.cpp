// Reading the configuration's sources. Owned by the host; reads files, so not for actors; any other thread.
#include "app/host/config_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include "app/host/system/system_reason.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"

namespace planguild {
namespace {

/// Closes with its scope.
class open_file {
 public:
  explicit open_file(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~open_file() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// The whole file in `text`; else why not. Pipes are read too: the operator named the path.
std::string read_config_file(const std::string& path, std::string& text) {
  const open_file file{path};
  struct stat facts {};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &facts) != 0) return system_reason();
  if (S_ISDIR(facts.st_mode)) return "it is a folder";
  std::array<char, 16'384> chunk{};
  while (true) {
    const auto count = ::read(file.descriptor(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_reason();
    if (count == 0) return {};
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > limits::config_file_bytes_max) {
      return "it has more than " + std::to_string(limits::config_file_bytes_max) + " bytes";
    }
  }
}

bool looks_like_ours(std::string_view variable) noexcept {
  return variable.starts_with("FACTORY_") || variable.starts_with("OVERMIND_PLANNER_") ||
         variable.starts_with("PLANNERS_");
}

std::vector<std::string> process_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) entries.emplace_back(*entry);
  return entries;
}

}  // namespace

std::vector<config_setting> environment_settings(const std::vector<std::string>& entries,
                                                 std::vector<std::string>& notes) {
  std::vector<config_setting> settings;
  for (const auto& entry : entries) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos) continue;
    auto name = entry.substr(0, equals);
    if (find_config_field(name) != nullptr || is_meaningless_variable(name)) {
      settings.push_back({std::move(name), entry.substr(equals + 1), "environment"});
    } else if (looks_like_ours(name)) {
      notes.push_back(scrubbed_label(name, 200) +
                      " (environment) is no variable of planguild and is ignored; `planguild config` lists them all");
    }
  }
  return settings;
}

config_load load_configuration(const configuration_sources& sources) {
  std::vector<config_setting> settings;
  std::vector<config_problem> problems;
  std::vector<std::string> notes;
  if (!sources.file_path.empty()) {
    std::string text;
    if (const auto reason = read_config_file(sources.file_path, text); !reason.empty()) {
      problems.push_back({"configuration file", sources.file_path, "a readable JSON file (" + reason + ")",
                          "file " + sources.file_path});
    } else {
      auto read = read_config_text(text, sources.file_path);
      settings = std::move(read.settings);
      problems = std::move(read.problems);
    }
  }
  if (sources.environment) {
    auto found = environment_settings(process_environment(), notes);
    std::move(found.begin(), found.end(), std::back_inserter(settings));
  }
  settings.insert(settings.end(), sources.overrides.begin(), sources.overrides.end());
  auto load = load_config(settings);
  load.problems.insert(load.problems.begin(), std::make_move_iterator(problems.begin()),
                       std::make_move_iterator(problems.end()));
  load.notes.insert(load.notes.end(), std::make_move_iterator(notes.begin()), std::make_move_iterator(notes.end()));
  return load;
}

}  // namespace planguild
