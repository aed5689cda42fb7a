// One list of fields per message type, from which the plumbing is made: CAF's `inspect` (messages/caf.hpp),
// strict JSON (messages/json_fields.hpp) and the tests' round trips. Header only; no state, any thread.
#pragma once

#include <array>
#include <string_view>
#include <type_traits>

namespace planguild::compat {
/// Defined in messages/caf.hpp, so that the values themselves need no CAF header.
template <class Inspector, class T>
auto inspect_fields(Inspector& inspector, T& value);
}  // namespace planguild::compat

// PLANGUILD_FOR_EACH(m, a, b, …) expands to m(a), m(b), …; at most 64 elements (the depth of the EXPAND chain).
#define PLANGUILD_PARENS ()
#define PLANGUILD_EXPAND(...) PLANGUILD_EXPAND3(PLANGUILD_EXPAND3(PLANGUILD_EXPAND3(PLANGUILD_EXPAND3(__VA_ARGS__))))
#define PLANGUILD_EXPAND3(...) PLANGUILD_EXPAND2(PLANGUILD_EXPAND2(PLANGUILD_EXPAND2(PLANGUILD_EXPAND2(__VA_ARGS__))))
#define PLANGUILD_EXPAND2(...) PLANGUILD_EXPAND1(PLANGUILD_EXPAND1(PLANGUILD_EXPAND1(PLANGUILD_EXPAND1(__VA_ARGS__))))
#define PLANGUILD_EXPAND1(...) __VA_ARGS__
#define PLANGUILD_FOR_EACH(macro, ...) __VA_OPT__(PLANGUILD_EXPAND(PLANGUILD_FOR_EACH_STEP(macro, __VA_ARGS__)))
#define PLANGUILD_FOR_EACH_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(, PLANGUILD_FOR_EACH_AGAIN PLANGUILD_PARENS(macro, __VA_ARGS__))
#define PLANGUILD_FOR_EACH_AGAIN() PLANGUILD_FOR_EACH_STEP

#define PLANGUILD_FIELD_NAME(field) \
  std::string_view {                \
    #field                          \
  }
#define PLANGUILD_FIELD_VALUE(field) x.field

/// Declares the fields of the message struct `type`, in declaration order, beside the struct and in its namespace.
/// Every field must be default constructible and copyable. Serves `inspect`, JSON and tests; a field that is not
/// listed does not cross a process boundary.
#define PLANGUILD_FIELDS(type, ...)                                              \
  [[maybe_unused]] constexpr std::string_view planguild_type_name(const type*) { \
    return #type;                                                                \
  }                                                                              \
  [[maybe_unused]] constexpr auto planguild_field_names(const type*) {           \
    return std::array{PLANGUILD_FOR_EACH(PLANGUILD_FIELD_NAME, __VA_ARGS__)};    \
  }                                                                              \
  template <class Visitor>                                                       \
  decltype(auto) planguild_visit(Visitor&& visitor, type& x) {                   \
    return visitor(PLANGUILD_FOR_EACH(PLANGUILD_FIELD_VALUE, __VA_ARGS__));      \
  }                                                                              \
  template <class Visitor>                                                       \
  decltype(auto) planguild_visit(Visitor&& visitor, const type& x) {             \
    return visitor(PLANGUILD_FOR_EACH(PLANGUILD_FIELD_VALUE, __VA_ARGS__));      \
  }                                                                              \
  template <class Inspector>                                                     \
  auto inspect(Inspector& inspector, type& x) {                                  \
    return ::planguild::compat::inspect_fields(inspector, x);                    \
  }                                                                              \
  static_assert(std::is_default_constructible_v<type>)

/// Declares the fields of a struct without any; it crosses as an empty object.
#define PLANGUILD_NO_FIELDS(type)                                                \
  [[maybe_unused]] constexpr std::string_view planguild_type_name(const type*) { \
    return #type;                                                                \
  }                                                                              \
  [[maybe_unused]] constexpr auto planguild_field_names(const type*) {           \
    return std::array<std::string_view, 0>{};                                    \
  }                                                                              \
  template <class Visitor>                                                       \
  decltype(auto) planguild_visit(Visitor&& visitor, const type&) {               \
    return visitor();                                                            \
  }                                                                              \
  template <class Inspector>                                                     \
  auto inspect(Inspector& inspector, type& x) {                                  \
    return ::planguild::compat::inspect_fields(inspector, x);                    \
  }                                                                              \
  static_assert(std::is_empty_v<type>)
