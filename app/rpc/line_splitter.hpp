// A byte stream into bounded lines, for streams that go on after a line that is too long. (line_reader in
// messages/json_lines gives up there, as is right for planners.) Owned by whoever reads one stream; not shared.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace planguild {

class line_splitter {
 public:
  /// Gets each line without its end ("\n" or "\r\n"), valid during the call; none: a line was longer than the bound.
  using line_callback = std::function<void(std::optional<std::string_view> line)>;

  /// Holds at most `bytes_max` bytes; memory grows as bytes arrive and is given back when a long line ends.
  explicit line_splitter(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// Calls `told` for each line that ends in `chunk`, in order. A line over the bound is told once, when the bound is
  /// passed, and skipped up to its end. `told` must not feed or destroy this reader.
  void feed(std::string_view chunk, const line_callback& told);

  /// The end of the stream: what is left is a line too.
  void finish(const line_callback& told);

  /// Bytes held of the unfinished line.
  std::size_t held_bytes() const noexcept { return partial_.size(); }

 private:
  std::size_t bytes_max_;
  std::string partial_;
  bool skipping_ = false;  // up to the end of a line that was too long
};

}  // namespace planguild
