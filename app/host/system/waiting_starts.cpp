// Starts whose files are being copied. See the header.
#include "app/host/system/waiting_starts.hpp"

#include <algorithm>
#include <utility>

#include "messages/limits.hpp"

namespace planguild {

void waiting_starts::add(waiting_start start) {
  const std::uint64_t id = start.id;
  starts_.insert_or_assign(id, std::move(start));
}

bool waiting_starts::keep_line(waiting_start& start, std::string line) {
  if (start.line_bytes + line.size() + 1 > 2 * limits::protocol_line_bytes_max) return false;
  start.line_bytes += line.size() + 1;
  start.lines.push_back(std::move(line));
  return true;
}

waiting_start* waiting_starts::find(std::uint64_t id) {
  const auto found = starts_.find(id);
  return found == starts_.end() ? nullptr : &found->second;
}

std::optional<waiting_start> waiting_starts::take(std::uint64_t id) {
  auto node = starts_.extract(id);
  if (node.empty()) return std::nullopt;
  return std::move(node.mapped());
}

std::vector<waiting_start> waiting_starts::take_all(const std::string& copies_key) {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, start] : starts_) {
    if (start.copies_key == copies_key) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end());
  std::vector<waiting_start> taken;
  taken.reserve(ids.size());
  for (const std::uint64_t id : ids) taken.push_back(*take(id));
  return taken;
}

std::vector<waiting_start> waiting_starts::take_all() {
  std::vector<waiting_start> taken;
  taken.reserve(starts_.size());
  for (auto& [id, start] : starts_) taken.push_back(std::move(start));
  starts_.clear();
  return taken;
}

bool waiting_starts::wants(const std::string& copies_key) const {
  return std::any_of(starts_.begin(), starts_.end(),
                     [&copies_key](const auto& entry) { return entry.second.copies_key == copies_key; });
}

}  // namespace planguild
