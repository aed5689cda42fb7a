// Splitting into words, filler words, matching. Owned by app/planners; plain value, any thread.
#include "app/planners/objective_words.hpp"

#include <algorithm>
#include <array>

#include "messages/text.hpp"

namespace planguild {

namespace {

constexpr std::size_t words_max = 32;
constexpr std::size_t word_bytes_min = 3;
constexpr std::size_t prefix_bytes_min = 4;

// Words that every objective has and that name nothing in a repository. Sorted.
constexpr std::array<std::string_view, 48> filler{
    "all",     "and",   "any",  "are",   "better", "but",  "can",   "change", "changes", "cleaner", "code",  "easier",
    "easy",    "every", "file", "files", "for",    "from", "get",   "has",    "have",    "help",    "how",   "improve",
    "into",    "its",   "less", "let",   "make",   "more", "nicer", "not",    "our",     "please",  "plan",  "should",
    "simpler", "so",    "some", "than",  "that",   "the",  "this",  "use",    "want",    "way",     "which", "with"};

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  char before = ' ';
  for (char c : text) {
    bool upper = c >= 'A' && c <= 'Z';
    bool letter = upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c & 0x80) != 0;
    bool camel = upper && before >= 'a' && before <= 'z';
    if ((!letter || camel) && !part.empty()) {
      parts.push_back(text::lower(part));
      part.clear();
    }
    if (letter) {
      part.push_back(c);
    }
    before = c;
  }
  if (!part.empty()) {
    parts.push_back(text::lower(part));
  }
  return parts;
}

bool meets(const std::string& word, const std::string& part) {
  if (word == part) {
    return true;
  }
  const auto& shorter = word.size() < part.size() ? word : part;
  const auto& longer = word.size() < part.size() ? part : word;
  return shorter.size() >= prefix_bytes_min && longer.starts_with(shorter);
}

}  // namespace

objective_words::objective_words(std::string_view objective) {
  for (auto& word : parts_of(objective)) {
    bool known = std::find(words_.begin(), words_.end(), word) != words_.end();
    bool says_nothing = word.size() < word_bytes_min || std::find(filler.begin(), filler.end(), word) != filler.end();
    if (!known && !says_nothing && words_.size() < words_max) {
      words_.push_back(std::move(word));
    }
  }
}

std::size_t objective_words::matches(const std::vector<std::string>& texts) const {
  std::vector<std::string> parts;
  for (const auto& text : texts) {
    auto more = parts_of(text);
    parts.insert(parts.end(), more.begin(), more.end());
  }
  return static_cast<std::size_t>(std::count_if(words_.begin(), words_.end(), [&](const std::string& word) {
    return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) { return meets(word, part); });
  }));
}

}  // namespace planguild
