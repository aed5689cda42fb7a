// Enumerations that cross in messages: one list per enumeration, from which text, JSON and bounds checks are made.
// Header only; pure functions, any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "messages/fields.hpp"

/// Declares the texts of the scoped enumeration `type`, which must list exactly these enumerators, from 0, without
/// gaps.
#define PLANGUILD_ENUM(type, ...)                                                                 \
  [[maybe_unused]] constexpr auto planguild_enum_names(type) {                                    \
    return std::array{PLANGUILD_FOR_EACH(PLANGUILD_FIELD_NAME, __VA_ARGS__)};                     \
  }                                                                                               \
  [[maybe_unused]] inline std::string_view to_string(type value) noexcept {                       \
    constexpr auto names = planguild_enum_names(type{});                                          \
    const auto index = static_cast<std::size_t>(value);                                           \
    return index < names.size() ? names[index] : std::string_view{"unknown"};                     \
  }                                                                                               \
  [[maybe_unused]] inline bool from_string(std::string_view text, type& value) noexcept {         \
    constexpr auto names = planguild_enum_names(type{});                                          \
    for (std::size_t index = 0; index < names.size(); ++index) {                                  \
      if (names[index] == text) {                                                                 \
        value = static_cast<type>(index);                                                         \
        return true;                                                                              \
      }                                                                                           \
    }                                                                                             \
    return false;                                                                                 \
  }                                                                                               \
  template <class Inspector>                                                                      \
    requires requires { Inspector::is_loading; } /* CAF 1.x; 0.17 reads enumerations by itself */ \
  bool inspect(Inspector& inspector, type& x) {                                                   \
    auto get = [&x] { return static_cast<std::uint8_t>(x); };                                     \
    auto set = [&x](std::uint8_t raw) {                                                           \
      x = static_cast<type>(raw);                                                                 \
      return raw < planguild_enum_names(type{}).size();                                           \
    };                                                                                            \
    return inspector.apply(get, set);                                                             \
  }                                                                                               \
  static_assert(sizeof(type) == 1)
