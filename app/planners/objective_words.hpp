// The words of an objective that say something, and how well a text answers to them. Owned by app/planners; plain
// value, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace planguild {

class objective_words {
 public:
  /// Takes the words of at least three letters, lower-cased, without filler ("the", "make", "easier"); at most 32.
  explicit objective_words(std::string_view objective);

  /// How many of the words occur in any of `texts`: as a whole part of a path or title, or as the beginning of one
  /// (four letters or more, either way, so that "test" and "tests" meet).
  std::size_t matches(const std::vector<std::string>& texts) const;

  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> words_;
};

}  // namespace planguild
