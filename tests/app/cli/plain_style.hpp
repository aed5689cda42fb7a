// The style in which the tests of texts read them. A constant.
#pragma once

#include "app/cli/text_layout.hpp"

namespace planguild::test {

inline constexpr cli::text_style plain{100, false};  // 100 columns, no colour

}  // namespace planguild::test
