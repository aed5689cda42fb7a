// Fills every field of a message with a value that is not its default, so that a round trip shows what gets lost.
// One thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "messages/failure.hpp"

namespace planguild::testing {

/// Gives a different value at each call.
class message_filler {
 public:
  void fill(bool& value) { value = !value; }
  void fill(std::string& value) { value = "text " + std::to_string(++count_) + " \"\\\n\x01 ü"; }
  void fill(double& value) { value = 0.1 + ++count_; }
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  void fill(T& value) {
    value = static_cast<T>(++count_);
  }
  template <class T>
    requires std::is_enum_v<T>
  void fill(T& value) {
    value = static_cast<T>((static_cast<std::size_t>(value) + 1) % planguild_enum_names(T{}).size());
  }
  template <class T>
  void fill(std::optional<T>& value) {
    fill(value.emplace());
  }
  template <class T>
  void fill(std::vector<T>& values) {
    values.resize(2);
    for (auto& value : values) fill(value);
  }
  template <class T>
  void fill(outcome<T>& value) {
    value.error.reset();
    fill(value.value);
  }
  template <class T>
    requires requires(const T* type) { planguild_field_names(type); }
  void fill(T& message) {
    planguild_visit([this](auto&... fields) { (fill(fields), ...); }, message);
  }

 private:
  int count_ = 0;
};

}  // namespace planguild::testing
