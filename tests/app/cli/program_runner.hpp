// Runs the built planguild as a user would, and temporary folders for it. Test support; any thread.
#pragma once

#include <string>
#include <vector>

namespace planguild::test {

struct program_result {
  int exit_code = -1;  // -1: it was killed because it took longer than a minute; else 128 + signal
  std::string output;
  std::string errors;
};

struct program_call {
  std::vector<std::string> arguments;
  std::vector<std::string> environment = {};  // NAME=value, besides PATH and HOME (nowhere: nothing can be made there)
  std::string input = {};
  bool no_descriptors = false;             // descriptors 0, 1 and 2 are closed
  bool closed_output = false;              // standard output is a pipe that nobody reads
  std::string interrupt_when_exists = {};  // a SIGINT is sent once there is a file of this path
  std::vector<std::string> through = {};   // a program (an absolute path) and arguments that run planguild in turn
};

/// Runs <PLANGUILD_BINARY_DIR>/planguild.
program_result run_planguild(const program_call& call);

/// A folder that vanishes with its scope.
class temporary_folder {
 public:
  temporary_folder();
  ~temporary_folder();
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::string& path() const noexcept { return path_; }
  /// Writes a file below the folder (folders are made) and returns its path.
  std::string write(const std::string& name, const std::string& text, unsigned mode = 0644) const;

 private:
  std::string path_;
};

/// The texts as exec wants them: null-terminated, valid as long as `texts` is not changed.
std::vector<char*> pointers(std::vector<std::string>& texts);

std::string read_text(const std::string& path);

/// The folder of the built programs.
std::string binary_folder();

}  // namespace planguild::test
