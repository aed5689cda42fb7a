// The bytes that a planner runs from: copies that nobody else can change, made while their digest is taken, so that
// what was vetted is what runs, whatever happens to the files meanwhile. The functions are for any thread.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/host/system/copy_folder.hpp"
#include "app/host/system/descriptor.hpp"

namespace planguild {

struct files_request {
  std::string planner;                     // for messages
  std::string directory;                   // where `files` lie
  std::vector<std::string> files;          // relative, none climbs
  std::string sha256;                      // over their bytes in order; empty: not compared
  std::vector<std::uint64_t> sizes_bytes;  // of `files` in order: where in those bytes each one ends; as far as given
  std::string library;  // one of `files` that goes into sealed memory instead of the folder; empty: none
  std::string program;  // absolute; a copy of it is put beside, see program(). Empty: none
  std::optional<std::uint32_t> reader;  // a root host: the group that may read the copies

  /// The same for requests whose copies are the same. Empty: the copies may be used once alone.
  std::string key() const;
};

/// One set of copies; removes them at its end.
class sealed_files {
 public:
  sealed_files(std::shared_ptr<copy_folder> parent, std::string folder);
  ~sealed_files();
  sealed_files(const sealed_files&) = delete;
  sealed_files& operator=(const sealed_files&) = delete;

  /// A folder with the copies under their relative names.
  const std::string& folder() const noexcept { return folder_; }
  /// The folder of all copies of this runner, in which folder() is.
  const std::string& parent() const noexcept { return parent_->path(); }
  /// Sealed memory with the library's bytes, above handed_on_max; -1 without one.
  int library() const noexcept { return library_.get(); }
  /// The copy of files_request::program, or empty.
  const std::string& program() const noexcept { return program_; }
  /// Whether the copies are still as they were made, and nothing came beside them (a cleaner of temporary files, or a
  /// planner, may have been there): one stat for each file and folder.
  bool intact() const;

 private:
  friend class file_copier;
  struct copied_file {  // or folder
    std::string path;
    ino_t inode = 0;
    off_t size_bytes = 0;
    timespec changed{};  // of the inode, which nobody can set back
  };

  std::shared_ptr<copy_folder> parent_;
  std::string folder_;
  std::string program_;
  descriptor library_;
  std::vector<copied_file> copies_;
};

struct sealing {
  std::shared_ptr<const sealed_files> files;
  std::string error;       // not empty: a sentence that says why there are none
  bool cancelled = false;  // because nobody wants them any more
};

/// Copies and compares. Blocks as long as the disk takes, but not on a FIFO or device: only regular files are read
/// (through symbolic links only as long as these stay below `directory`: the planner's author may put links there, and
/// the host may read more than the author), each at most limits::entry_file_bytes_max, all together
/// limits::planner_files_bytes_max. Ends early, with an error, once `stop` is requested.
sealing seal_files(const files_request& request, const std::shared_ptr<copy_folder>& parent,
                   const std::stop_token& stop);

}  // namespace planguild
