// One curve chart as SVG, for the HTML page. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "benchmarks/benchmark.hpp"

namespace planguild::bench {

/// How many colours the page's style defines (classes s0, s1, …); further series begin again with the first.
inline constexpr std::size_t series_colours = 8;

/// `text` as it may stand in HTML text and in quoted attributes.
std::string escaped(std::string_view text);

/// The chart as one `<svg>` element, styled by the page: both axes logarithmic, a curve for each series with its name
/// at its end, a tooltip for each point. Where a series has several values at one x the curve runs through their
/// medians. What is not above 0 has no place on such axes and is left out; empty if nothing is left.
std::string chart_svg(const table& shown, const table::chart& chart);

}  // namespace planguild::bench
