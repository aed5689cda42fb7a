// A folder of files that lives as long as the object, for tests that need a repository on disk. One test thread.
#pragma once

#include <string>
#include <string_view>

namespace planguild::test {

class temp_tree {
 public:
  /// An empty folder where temporary files belong (TMPDIR). Fails the running test if it cannot be made.
  temp_tree();
  /// The files of a tree text: each file begins with a line `== path ==`, its content follows up to the next such line.
  explicit temp_tree(std::string_view tree_text);
  ~temp_tree();
  temp_tree(const temp_tree&) = delete;
  temp_tree& operator=(const temp_tree&) = delete;

  /// Writes one file and the folders it needs.
  void write(std::string_view path, std::string_view content) const;
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

/// The content of a file below the source folder, "" if there is none.
std::string read_source_file(const std::string& path);

/// `lines` numbered lines of text.
std::string filler_lines(int lines);

/// The seed of a random test: PLANGUILD_SEED if set, else one from the clock; printed, so that a failure can be
/// replayed.
unsigned random_seed();

}  // namespace planguild::test
