// Secrets that are known by their own shape: key blocks and tokens. Pure functions, any thread.
#include <array>

#include "messages/scrub_steps.hpp"

namespace planguild::scrub_steps {
namespace {

/// Tokens that are a prefix and a run of letters, digits, "_" and "-" of some length.
struct token_prefix {
  std::string_view text;
  std::size_t tail_min;
};
constexpr std::array<token_prefix, 15> prefixes = {{{"ghp_", 20},
                                                    {"gho_", 20},
                                                    {"ghu_", 20},
                                                    {"ghs_", 20},
                                                    {"ghr_", 20},
                                                    {"github_pat_", 20},
                                                    {"xoxa-", 10},
                                                    {"xoxb-", 10},
                                                    {"xoxp-", 10},
                                                    {"xoxr-", 10},
                                                    {"xoxs-", 10},
                                                    {"sk-", 20},
                                                    {"glpat-", 16},
                                                    {"AIza", 35},
                                                    {"npm_", 30}}};
constexpr std::size_t access_key_tail = 16;

bool is_run(char c) noexcept {
  return is_word(c) || c == '-';
}

}  // namespace

/// A pass of its own, because a key block inside a value would hide where the value ends.
std::string mask_private_keys(std::string whole) {
  constexpr std::string_view begin_mark = "-----BEGIN ";
  constexpr std::string_view end_mark = "-----END ";
  constexpr std::string_view dashes = "-----";
  constexpr std::size_t header_bytes_max = 64;
  if (whole.find(begin_mark) == std::string::npos) return whole;
  std::string_view text = whole;
  std::string result;
  while (true) {
    const auto begin = text.find(begin_mark);
    if (begin == std::string_view::npos) return result.append(text);
    result.append(text, 0, begin);
    text.remove_prefix(begin);
    const auto header = text.substr(begin_mark.size(), header_bytes_max);
    if (header.substr(0, header.find(dashes)).find("PRIVATE KEY") == std::string_view::npos) {
      result.append(begin_mark);
      text.remove_prefix(begin_mark.size());
      continue;
    }
    result.append(mask);
    // Without an end everything that follows may be key.
    const auto end = text.find(end_mark);
    const auto last = end == std::string_view::npos ? end : text.find(dashes, end + end_mark.size());
    if (last == std::string_view::npos) return result;
    text.remove_prefix(last + dashes.size());
  }
}

std::size_t token_shapes::run_end(std::size_t position) {
  if (position >= run_end_) {
    run_end_ = position;
    while (run_end_ < text_.size() && is_run(text_[run_end_])) ++run_end_;
  }
  return run_end_;
}

/// eyJ….….…: three runs with points between them; the last may be empty.
std::optional<std::size_t> token_shapes::end_of_web_token(std::size_t position) {
  const auto first_end = run_end(position);
  if (web_token_run_ == first_end) return web_token_end_;
  web_token_run_ = first_end;
  web_token_end_.reset();
  const auto run_after = [this](std::size_t at) {
    while (at < text_.size() && is_run(text_[at])) ++at;
    return at;
  };
  if (first_end >= text_.size() || text_[first_end] != '.') return web_token_end_;
  const auto second_end = run_after(first_end + 1);
  if (second_end == first_end + 1 || second_end >= text_.size() || text_[second_end] != '.') return web_token_end_;
  web_token_end_ = run_after(second_end + 1);
  return web_token_end_;
}

std::optional<std::size_t> token_shapes::end_of_token(std::size_t position) {
  const auto rest = text_.substr(position);
  switch (rest.empty() ? '\0' : rest.front()) {
    case 'e':
      return rest.starts_with("eyJ") ? end_of_web_token(position) : std::nullopt;
    case 'A':
      if (rest.starts_with("AKIA") || rest.starts_with("ASIA")) {
        std::size_t end = 4;
        while (end < rest.size() && end <= 4 + access_key_tail && is_word(rest[end])) ++end;
        if (end == 4 + access_key_tail) return position + end;
        return std::nullopt;
      }
      break;
    case 'g':
    case 'n':
    case 's':
    case 'x':
      break;
    default:
      return std::nullopt;
  }
  for (const auto& [prefix, tail_min] : prefixes) {
    if (!rest.starts_with(prefix)) continue;
    const auto end = run_end(position);
    if (end - position - prefix.size() >= tail_min) return end;
  }
  return std::nullopt;
}

}  // namespace planguild::scrub_steps
