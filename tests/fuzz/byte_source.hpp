// Values made from fuzzed bytes, front to back. After the end every value is 0 or empty, so that every input means
// something. Owned by one run of a target.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

namespace planguild::fuzz {

class byte_source {
 public:
  /// Ends a text within the bytes: rare in texts, and easy for a fuzzer to move.
  static constexpr char text_end = '\x1f';

  explicit byte_source(std::string_view bytes) : left_(bytes) {}

  bool is_empty() const noexcept { return left_.empty(); }

  std::uint8_t byte() {
    if (left_.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return value;
  }

  /// 0 … bound − 1, from one byte; `bound` is 1 … 256.
  std::size_t below(std::size_t bound) { return byte() % bound; }

  /// Up to the next `text_end`, which is skipped, or to the end.
  std::string_view text() {
    const auto end = std::min(left_.find(text_end), left_.size());
    const auto value = left_.substr(0, end);
    left_.remove_prefix(std::min(end + 1, left_.size()));
    return value;
  }

  /// Small ones and those at which arithmetic breaks.
  std::int64_t integer() {
    using range = std::numeric_limits<std::int64_t>;
    static constexpr std::array<std::int64_t, 8> special{range::max(), range::min(),          range::max() - 1,
                                                         -1,           std::int64_t{1} << 53, 1'700'000'000'000,
                                                         65'536,       2'000'000'000};
    const auto choice = byte();
    return choice < special.size() ? special.at(choice) : choice - std::int64_t{special.size()};
  }

  double number() {
    using range = std::numeric_limits<double>;
    static constexpr std::array<double, 10> special{range::infinity(),
                                                    -range::infinity(),
                                                    range::quiet_NaN(),
                                                    range::max(),
                                                    range::lowest(),
                                                    range::denorm_min(),
                                                    -0.0,
                                                    1e-300,
                                                    -1,
                                                    0.1};
    const auto choice = byte();
    return choice < special.size() ? special.at(choice) : static_cast<double>(choice - special.size());
  }

  std::string_view rest() { return std::exchange(left_, {}); }

 private:
  std::string_view left_;
};

}  // namespace planguild::fuzz
