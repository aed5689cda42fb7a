// Starts whose files are being copied: what is to be started, and the lines that were sent to it meanwhile. Owned by
// the runner's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "messages/environment.hpp"

namespace planguild {

struct waiting_start {
  std::uint64_t id = 0;
  process_command command;
  process_sink sink;
  std::string copies_key;  // several starts may wait for the same copies
  std::vector<std::string> lines;
  std::size_t line_bytes = 0;
};

class waiting_starts {
 public:
  void add(waiting_start start);
  /// Keeps a line for later. False: too much waits already (as for a running child).
  bool keep_line(waiting_start& start, std::string line);
  waiting_start* find(std::uint64_t id);
  std::optional<waiting_start> take(std::uint64_t id);
  /// All that wait for these copies, in the order of their ids.
  std::vector<waiting_start> take_all(const std::string& copies_key);
  std::vector<waiting_start> take_all();
  /// Whether anybody waits for these copies.
  bool wants(const std::string& copies_key) const;

 private:
  std::unordered_map<std::uint64_t, waiting_start> starts_;
};

}  // namespace planguild
