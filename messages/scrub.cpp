// Masks secrets: which names are secret, the secrets of the environment, and the order of the passes.
// Pure functions but for the environment, which is read once. Any thread.
#include "messages/scrub.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "messages/scrub_steps.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

using scrub_steps::is_letter;

/// Shorter values (a port, "true", a user's name) would mask ordinary words.
constexpr std::size_t secret_value_bytes_min = 8;

/// Parts of names that hold secrets; "_" stands for "_", "-" or nothing.
constexpr std::array<std::string_view, 16> secret_parts = {
    "password",    "passwd",         "passphrase",  "secret",        "token",  "api_key",
    "access_key",  "private_key",    "credential",  "authorization", "cookie", "session_key",
    "signing_key", "encryption_key", "account_key", "bearer"};
/// Names that are secret as a word of their own only: "auth", but not "author".
constexpr std::array<std::string_view, 2> secret_words = {"auth", "pwd"};

/// End of `part` at `position` of `name`; 0 if it is not there.
std::size_t part_end(std::string_view name, std::size_t position, std::string_view part) noexcept {
  for (const char expected : part) {
    const char c = position < name.size() ? name[position] : '\0';
    if (expected == '_') {
      if (c == '_' || c == '-') ++position;
      continue;
    }
    if ((c | 0x20) != expected || !is_letter(c)) return 0;
    ++position;
  }
  return position;
}

/// Whether name[begin, end) is a word: bounded by what is no letter, or by a change of case (basicAuth, authKey).
bool is_whole_word(std::string_view name, std::size_t begin, std::size_t end) noexcept {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool starts = begin == 0 || !is_letter(name[begin - 1]) || (is_lower(name[begin - 1]) && is_upper(name[begin]));
  const bool ends = end == name.size() || !is_letter(name[end]) || (is_lower(name[end - 1]) && is_upper(name[end]));
  return starts && ends;
}

std::vector<std::string> environment_secrets() {
  std::vector<std::string> values;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair{*entry};
    const auto equals = pair.find('=');
    const auto name = pair.substr(0, equals);
    const bool is_folder = name == "PWD" || name == "OLDPWD";  // the working directory, no password
    if (equals == std::string_view::npos || is_folder || !is_secret_name(name)) continue;
    values.emplace_back(pair.substr(equals + 1));
  }
  return values;
}

/// Those that are long enough, longest first, so that a secret inside another leaves nothing of the longer one.
std::vector<std::string> usable(std::vector<std::string> values) {
  std::erase_if(values, [](const std::string& value) {
    return value.size() < secret_value_bytes_min || value.find_first_not_of('*') == std::string::npos;
  });
  std::sort(values.begin(), values.end(), [](const std::string& left, const std::string& right) {
    return left.size() != right.size() ? left.size() > right.size() : left < right;
  });
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

std::string scrub_with(std::string_view text, const scrub_options& options, const std::vector<std::string>& values) {
  auto result = scrub_steps::mask_values(std::string{text}, values);
  result = scrub_steps::mask_secrets(scrub_steps::mask_private_keys(std::move(result)));
  if (options.hide_paths) result = scrub_steps::shorten_traces(scrub_steps::hide_paths(result));
  if (result.size() > options.bytes_max) result = text::cut_bytes(result, options.bytes_max);
  return result;
}

}  // namespace

std::string scrub(std::string_view text, const scrub_options& options) {
  static const auto values = usable(environment_secrets());
  return scrub_with(text, options, values);
}

std::string scrub(std::string_view text, const scrub_options& options, const std::vector<std::string>& secret_values) {
  return scrub_with(text, options, usable(secret_values));
}

std::string scrubbed_label(std::string_view text, std::size_t code_points) {
  // Masking may make a text longer, by less than a mask for each byte.
  const auto bytes_max = (scrub_steps::mask.size() + 1) * text.size();
  return text::cut_code_points(scrub(text, {.hide_paths = false, .bytes_max = bytes_max}), code_points);
}

bool is_secret_name(std::string_view name) noexcept {
  for (std::size_t position = 0; position < name.size(); ++position) {
    if (!is_letter(name[position])) continue;
    for (const auto part : secret_parts) {
      if (part_end(name, position, part) != 0) return true;
    }
    for (const auto word : secret_words) {
      const auto end = part_end(name, position, word);
      if (end != 0 && is_whole_word(name, position, end)) return true;
    }
  }
  return false;
}

}  // namespace planguild

namespace planguild::scrub_steps {

bool has_at(std::string_view text, std::size_t position, std::string_view lowered) noexcept {
  if (text.size() - std::min(position, text.size()) < lowered.size()) return false;
  return std::equal(lowered.begin(), lowered.end(), text.begin() + static_cast<std::ptrdiff_t>(position),
                    [](char wanted, char c) { return (c >= 'A' && c <= 'Z' ? c | 0x20 : c) == wanted; });
}

std::string mask_values(std::string text, const std::vector<std::string>& values) {
  for (const auto& value : values) {
    std::string masked;
    std::size_t copied = 0;
    // memmem, because it is linear for every text and value; string::find is not.
    while (const void* found = ::memmem(text.data() + copied, text.size() - copied, value.data(), value.size())) {
      const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
      masked.append(text, copied, at - copied).append(mask);
      copied = at + value.size();
    }
    if (copied == 0) continue;
    text = masked.append(text, copied);
  }
  return text;
}

}  // namespace planguild::scrub_steps
