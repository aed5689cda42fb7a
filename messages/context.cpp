// Free JSON contexts in, the facts that ranking needs out. Pure functions, any thread.
#include "messages/context.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <system_error>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr auto integer_min = std::numeric_limits<std::int64_t>::min();
constexpr auto integer_max = std::numeric_limits<std::int64_t>::max();

/// Longer rows of digits are no number to anybody, and not worth reading. The data's own bound (to_int.json).
constexpr std::size_t integer_digits_max = 4'300;

/// Optional white space, sign and digits; saturated at 64 bits.
std::int64_t integer_of_text(std::string_view text, std::int64_t fallback) {
  auto digits = text::trim(text);
  const bool is_negative = !digits.empty() && digits.front() == '-';
  if (!digits.empty() && digits.front() == '+') {
    digits.remove_prefix(1);
    if (!digits.empty() && digits.front() == '-') return fallback;
  }
  std::int64_t value = 0;
  if (digits.size() > integer_digits_max + (is_negative ? 1 : 0)) return fallback;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (end != digits.data() + digits.size()) return fallback;
  if (error == std::errc::result_out_of_range) return is_negative ? integer_min : integer_max;
  return error == std::errc{} ? value : fallback;
}

bool is_truthy(const nlohmann::json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<double>() != 0;
  if (value.is_number()) return value.get<std::int64_t>() != 0;
  if (const auto* text = value.get_ptr<const std::string*>()) return !text->empty();
  return !value.empty();
}

}  // namespace

std::int64_t lenient_integer(double value, std::int64_t fallback) {
  if (!std::isfinite(value)) return fallback;
  // 2^63 is a double; its predecessor fits.
  if (value >= 0x1p63) return integer_max;
  if (value < -0x1p63) return integer_min;
  return static_cast<std::int64_t>(value);
}

std::int64_t lenient_integer(const nlohmann::json& value, std::int64_t fallback) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return number > static_cast<std::uint64_t>(integer_max) ? integer_max : static_cast<std::int64_t>(number);
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return lenient_integer(value.get<double>(), fallback);
  if (const auto* text = value.get_ptr<const std::string*>()) return integer_of_text(*text, fallback);
  return fallback;
}

context_facts context_facts_of(const nlohmann::json& context) {
  context_facts facts;
  if (!context.is_object()) return facts;
  facts.given = !context.empty();
  if (const auto summary = context.find("deep_index_summary"); summary != context.end()) {
    facts.deep_index = is_truthy(*summary);
  }
  if (const auto count = context.find("hotspots_count"); count != context.end()) {
    facts.hotspots = lenient_integer(*count, 0);
  }
  return facts;
}

outcome<context_facts> context_facts_of(std::string_view text) {
  if (text.empty()) return context_facts{};
  const auto json = parse_json(text, {limits::context_bytes_max, limits::context_depth_max},
                               failure_code::invalid_request, "context");
  if (!json) return *json.error;
  return context_facts_of(*json);
}

}  // namespace planguild
