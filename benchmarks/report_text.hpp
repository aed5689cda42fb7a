// A report as text, JSON, or one self-contained HTML page with its curves as SVG. Pure functions but for
// `about_this_run`, which looks at the machine; main thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "benchmarks/benchmark.hpp"

namespace planguild::bench {

/// Name and value: processor, cores, system, compiler, CAF and planguild versions, seed, repeats, command, date.
using facts = std::vector<std::pair<std::string, std::string>>;
facts about_this_run(const options& wanted, const std::vector<std::string>& benchmarks);

std::string as_text(const report& found, const facts& about);
std::string as_json(const report& found, const facts& about);
std::string as_html(const report& found, const facts& about);

}  // namespace planguild::bench
