// A byte stream into bounded lines: see the header.
#include "app/rpc/line_splitter.hpp"

namespace planguild {
namespace {

/// A buffer of a long line is not kept for the short ones that usually follow.
constexpr std::size_t kept_capacity = std::size_t{64} * 1'024;

std::string_view without_return(std::string_view line) noexcept {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

void line_splitter::feed(std::string_view chunk, const line_callback& told) {
  while (!chunk.empty()) {
    const auto end = chunk.find('\n');
    const auto piece = chunk.substr(0, end);
    if (!skipping_ && piece.size() > bytes_max_ - partial_.size()) {
      skipping_ = true;
      partial_ = {};
      told(std::nullopt);
    }
    if (end == std::string_view::npos) {
      if (!skipping_) partial_.append(piece);
      return;
    }
    chunk.remove_prefix(end + 1);
    if (skipping_) {
      skipping_ = false;
    } else if (partial_.empty()) {
      told(without_return(piece));
    } else {
      partial_.append(piece);
      told(without_return(partial_));
      partial_.clear();
      if (partial_.capacity() > kept_capacity) partial_.shrink_to_fit();
    }
  }
}

void line_splitter::finish(const line_callback& told) {
  if (!skipping_ && !partial_.empty()) told(without_return(partial_));
  skipping_ = false;
  partial_ = {};
}

}  // namespace planguild
