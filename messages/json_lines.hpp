// The one JSON-lines framing: bytes in, whole lines out, bounded. Owned by whoever reads one stream; not shared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace planguild {

/// Splits a byte stream into lines. Holds at most `bytes_max` bytes of an unfinished line; memory grows as bytes
/// arrive.
class line_reader {
 public:
  explicit line_reader(std::size_t bytes_max);

  /// Appends whole lines (without "\n" or "\r\n") found in `chunk` to `lines`. Returns false, for good, once a line is
  /// longer than `bytes_max`; lines before it are still delivered, nothing after it is.
  bool feed(std::string_view chunk, std::vector<std::string>& lines);

  /// Bytes of the unfinished line; at the end of input more than 0 means that the last line was cut off.
  std::size_t partial_bytes() const noexcept { return partial_.size(); }
  /// The unfinished line itself.
  const std::string& partial() const noexcept { return partial_; }
  bool overflowed() const noexcept { return overflowed_; }

 private:
  std::size_t bytes_max_;
  std::string partial_;
  bool overflowed_ = false;
};

}  // namespace planguild
