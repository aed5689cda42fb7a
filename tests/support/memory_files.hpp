// A file_source in memory for tests: a small tree with links, FIFOs, unreadable places, and counters of every call. Any
// thread (one lock around everything).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "messages/environment.hpp"

namespace planguild::test {

class memory_files final : public file_source {
 public:
  /// How often each call was made since the last reset_counts().
  struct call_counts {
    std::uint64_t lists = 0;
    std::uint64_t stats = 0;
    std::uint64_t reads = 0;
  };

  memory_files();

  /// Makes or replaces a regular file; folders above it are made. A replaced file keeps its inode and gets a later
  /// time.
  void put(const std::string& path, std::string_view bytes, std::uint32_t mode = 0644);
  /// Makes a directory and those above it.
  void put_directory(const std::string& path);
  /// Makes a symbolic link; a relative target is taken from the link's folder.
  void put_link(const std::string& path, const std::string& target);
  /// Makes something that is neither file nor directory (a FIFO).
  void put_fifo(const std::string& path);
  /// Removes a file, link or whole directory.
  void remove(const std::string& path);
  /// Gives a file a later modification time without changing its bytes.
  void touch(const std::string& path);
  void set_mode(const std::string& path, std::uint32_t mode);
  void set_modified_ns(const std::string& path, std::int64_t modified_ns);
  void set_inode(const std::string& path, std::uint64_t inode);
  /// Listing or reading it then fails with load_failed, "Permission denied".
  void set_unreadable(const std::string& path, bool unreadable = true);

  call_counts counts() const;
  void reset_counts();
  /// Called before every read, outside the lock; for tests that change a file at that moment.
  std::function<void(const std::string& path)> before_read;

  outcome<std::vector<directory_entry>> list(const std::string& directory) override;
  outcome<file_facts> stat(const std::string& path) override;
  outcome<std::string> read(const std::string& path, std::size_t bytes_max) override;
  outcome<file_facts> stat_below(const std::string& folder, const std::string& name) override;
  outcome<std::string> read_below(const std::string& folder, const std::string& name, std::size_t bytes_max) override;

 private:
  struct node {
    file_facts facts;
    std::string bytes;   // of a file
    std::string target;  // of a link
    bool unreadable = false;
  };
  using tree = std::map<std::string, node>;

  node& make(const std::string& path, file_kind kind, std::uint32_t mode);
  node& existing(const std::string& path);
  /// The path with every link resolved; empty, with `problem` set, if nothing is there or the links loop.
  std::string resolve(const std::string& path, failure& problem) const;

  /// The link below `folder` for which the way to `name` leaves it; null if it stays.
  const node* way_out(const std::string& folder, const std::string& name) const;

  mutable std::mutex mutex_;
  tree nodes_;  // absolute path to node
  call_counts counts_;
  std::uint64_t next_inode_ = 100;
  std::int64_t next_time_ns_ = 1'700'000'000'000'000'000;
};

}  // namespace planguild::test
