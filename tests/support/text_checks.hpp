// What tests ask of texts. Pure functions.
#pragma once

#include <string>

namespace planguild::test {

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace planguild::test
