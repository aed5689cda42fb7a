// Splits a byte stream into bounded lines. Owned by whoever reads one stream; not shared.
#include "messages/json_lines.hpp"

#include <utility>

namespace planguild {

line_reader::line_reader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

bool line_reader::feed(std::string_view chunk, std::vector<std::string>& lines) {
  while (!overflowed_ && !chunk.empty()) {
    const auto end = chunk.find('\n');
    const auto piece = chunk.substr(0, end);
    // A trailing "\r" counts: whether it belongs to the line's end is not known before the next byte.
    if (piece.size() > bytes_max_ - partial_.size()) {
      overflowed_ = true;
      partial_.clear();
      partial_.shrink_to_fit();
      break;
    }
    partial_.append(piece);
    if (end == std::string_view::npos) break;
    if (!partial_.empty() && partial_.back() == '\r') partial_.pop_back();
    lines.push_back(std::move(partial_));
    partial_ = {};
    chunk.remove_prefix(end + 1);
  }
  return !overflowed_;
}

}  // namespace planguild
