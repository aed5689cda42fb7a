// Runs any number of seeds by hand: simulate [--first SEED] [--seeds COUNT] [--plant FAULT] [--story]. Says how far it
// is once a second on standard error. Exit code 0: every invariant held; 1: a breach, with its story; 2: usage.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "tests/simulation/simulation.hpp"

using namespace planguild::simulation;

namespace {

constexpr const char* usage =
    "usage: simulate [--first SEED] [--seeds COUNT] [--plant FAULT] [--story]\n"
    "  --first SEED   the first seed (1)\n"
    "  --seeds COUNT  how many (10000)\n"
    "  --plant FAULT  with a planted fault: stale_answer old_answer double_start lost_waiter late_waiter\n"
    "                 uncounted_drop forgotten_actor undying_process stale_handle_used quarantine_missed\n"
    "  --story        tell the story of the first seed, whether or not anything breaks\n";

std::chrono::steady_clock::time_point began;
std::uint64_t wanted = 0;

void report(std::uint64_t done) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  std::fprintf(stderr, "\r%llu of %llu seeds, %.0f a second  ", static_cast<unsigned long long>(done),
               static_cast<unsigned long long>(wanted), static_cast<double>(done) / taken.count());
}

std::optional<std::uint64_t> number(std::string_view text) {
  char* end = nullptr;
  const std::string copy{text};
  const auto value = std::strtoull(copy.c_str(), &end, 10);
  return copy.empty() || *end != '\0' ? std::nullopt : std::optional<std::uint64_t>{value};
}

struct arguments {
  search_options search;
  bool story = false;
};

std::optional<arguments> parse(int count, char** values) {
  arguments result;
  result.search.count = 10'000;
  for (int index = 1; index < count; ++index) {
    const std::string_view flag = values[index];
    if (flag == "--story") {
      result.story = true;
      continue;
    }
    const std::string_view text = ++index < count ? values[index] : "";
    const auto value = number(text);
    const auto fault = plant_named(text);
    if (flag == "--first" && value) {
      result.search.first = *value;
    } else if (flag == "--seeds" && value) {
      result.search.count = *value;
    } else if (flag == "--plant" && fault) {
      result.search.planted = *fault;
    } else {
      return std::nullopt;
    }
  }
  return result;
}

}  // namespace

int main(int count, char** values) {
  if (count == 2 && std::string_view{values[1]} == "--help") {
    std::fputs(usage, stdout);
    return 0;
  }
  auto given = parse(count, values);
  if (!given) {
    std::fputs(usage, stderr);
    return 2;
  }
  auto& search = given->search;
  if (given->story) {
    simulator runs;
    const auto result = runs.run(search.first, {search.planted, true});
    std::fputs(told(result, search.planted).c_str(), stdout);
    return result.breach ? 1 : 0;
  }
  began = std::chrono::steady_clock::now();
  wanted = search.count;
  search.progress = report;
  const auto found = find_breach(search);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  const auto done = found ? found->seed - search.first + 1 : search.count;
  std::fprintf(stderr, "\r%*s\r", 60, "");
  if (found) {
    std::fputs(told(*found, search.planted).c_str(), stdout);
  }
  std::printf("%llu seeds from %llu in %.1f s, %.0f a second: %s\n", static_cast<unsigned long long>(done),
              static_cast<unsigned long long>(search.first), taken.count(), static_cast<double>(done) / taken.count(),
              found ? "a breach" : "every invariant held");
  return found ? 1 : 0;
}
