// Fuzzes the masking of secrets. Three bytes: the options (bit 0: hide paths, bit 1: cut, all: see `repeated`),
// the bound of the cut, what is planted; the text follows. A secret that no text can guess is planted on a line of its
// own in each way that masking knows, and must be gone, whatever stands around it. One thread.
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "actors/instantiation/plan_scrub.hpp"
#include "messages/failure.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/byte_source.hpp"
#include "tests/fuzz/targets.hpp"

namespace planguild::fuzz {
namespace {

constexpr std::size_t unbounded = std::size_t{1} << 30;
/// This first byte: the text is scrubbed as many times over as fit into `repeated_bytes_max`.
/// What is not linear shows as a timeout.
constexpr unsigned repeated = 0xFFU;
constexpr std::size_t repeated_bytes_max = std::size_t{64} * 1'024;

/// Letters and digits that depend on every byte of `text`, so that the text cannot hold them.
std::string secret_for(std::string_view text, std::string_view alphabet, std::size_t size) {
  std::uint64_t state = 0xcbf29ce484222325U;
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::string result;
  for (; result.size() < size; state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U) {
    result += alphabet[(state >> 33U) % alphabet.size()];
  }
  return result;
}

/// `secret` as `kind` plants it, and what of it must be gone.
std::pair<std::string, std::string> planted(std::size_t kind, std::string_view text) {
  constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const auto secret = secret_for(text, letters, 36) + "7";
  switch (kind) {
    case 0:
      return {"password=" + secret, secret};
    case 1:
      return {R"({"user": "ann", "api_key": ")" + secret + "\"}", secret};
    case 2:
      return {"Authorization: Bearer " + secret, secret};
    case 3:
      return {"fetch https://ann:" + secret + "@host.example/x", secret};
    case 4:
      return {"(ghp_" + secret + ")", secret};
    case 5:
      return {"run --client-secret '" + secret + "' --verbose", secret};
    case 6:
      return {"-----BEGIN RSA PRIVATE KEY-----\n" + secret + "\n-----END RSA PRIVATE KEY-----", secret};
    case 7: {
      const auto tail = secret_for(text, upper, 16);
      return {"id AKIA" + tail + ".", tail};
    }
    case 8:
      return {"got eyJ" + secret + "." + secret + "." + secret + "!", secret};
    case 9:
      return {"with Bearer " + secret + ";", secret};
    case 10:
      return {R"(said "{\"token\":\")" + secret + R"(\",\"n\":1}")", secret};
    default:
      return {R"({"credentials": {"pin": ")" + secret + R"(", "list": [1, ")" + secret + "\"]}}", secret};
  }
}
constexpr std::size_t planted_kinds = 12;

std::string repetition_of(const std::string& unit) {
  std::string text;
  while (!unit.empty() && text.size() + unit.size() <= repeated_bytes_max) text += unit;
  return text;
}

bool is_valid_utf8(std::string_view text) {
  return text::valid_utf8(text) == text;
}

void check_planted(std::size_t kind, std::string_view text, bool hide_paths) {
  const auto [line, secret] = planted(kind, text);
  const auto before = text.substr(0, text.size() / 2);
  const auto after = text.substr(text.size() / 2);
  const scrub_options options{.hide_paths = hide_paths, .bytes_max = unbounded};
  std::string whole{before};
  whole.append("\n").append(line).append("\n").append(after);
  require(scrub(whole, options, {}).find(secret) == std::string::npos, "a planted secret is masked");
  require(make_failure(failure_code::internal, whole, {}, whole).message.find(secret) == std::string::npos,
          "a planted secret is masked in failures");
  require(scrub_stderr_tail(whole).find(secret) == std::string::npos, "a planted secret is masked in a standard error");
  require(scrubbed_label(whole, whole.size()).find(secret) == std::string::npos,
          "a planted secret is masked in a label");
  std::string run_together{before};
  run_together.append(secret).append(after);
  require(scrub(run_together, options, {"unrelated value", secret}).find(secret) == std::string::npos,
          "a given secret value is masked wherever it stands");
}

void check_texts(std::string_view text, std::size_t bytes_max) {
  const auto valid = text::valid_utf8(text);
  require(text::valid_utf8(valid) == valid, "repaired UTF-8 is valid");
  require(nlohmann::json(valid).dump().size() >= valid.size(), "repaired UTF-8 can become JSON");
  const auto cut = text::cut_bytes(valid, bytes_max);
  require(cut.size() <= bytes_max, "a cut text is within its bound");
  require(is_valid_utf8(cut), "cutting by bytes leaves valid UTF-8 valid");
  const auto shortened = text::cut_code_points(valid, bytes_max);
  require(valid.starts_with(shortened) && is_valid_utf8(shortened), "cutting by code points leaves a valid beginning");
  require(text::count_code_points(shortened) == std::min(bytes_max, text::count_code_points(valid)),
          "cutting by code points keeps that many");
  (void)is_secret_name(text);
}

}  // namespace

bool fuzz_scrub(std::string_view bytes) {
  byte_source source(bytes);
  const auto choice = source.byte();
  const auto count = std::size_t{source.byte()};
  const auto kind = source.below(planted_kinds);
  const bool hide_paths = (choice & 1U) != 0;
  const bool is_cut = (choice & 2U) != 0;
  const std::string text{source.rest()};
  const scrub_options options{.hide_paths = hide_paths, .bytes_max = is_cut ? count : unbounded};
  if (choice == repeated) {
    require(scrub(repetition_of(text), options, {}).size() <= options.bytes_max, "a scrubbed text is within its bound");
    return true;
  }
  const auto once = scrub(text, options, {});
  require(once.size() <= options.bytes_max, "a scrubbed text is within its bound");
  // A cut may turn `"token": null` into a value that is masked next time: a text that was cut may change, within its
  // bound.
  const auto again = scrub(once, options, {});
  require(again.size() <= options.bytes_max, "a text scrubbed twice is within its bound");
  const bool was_cut = is_cut && scrub(text, {.hide_paths = hide_paths, .bytes_max = unbounded}, {}) != once;
  require(was_cut || again == once, "what was scrubbed stays as it is");
  require(!is_valid_utf8(text) || is_valid_utf8(once), "scrubbing leaves valid UTF-8 valid");
  check_planted(kind, text, hide_paths);
  check_texts(text, count);
  require_sound(make_failure(failure_code::internal, "x" + text, "fuzzed_planner", text));
  return once != text;
}

}  // namespace planguild::fuzz
