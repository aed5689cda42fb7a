// The fuzz targets: each takes arbitrary bytes, hands them to the code that meets such bytes first, and throws `breach`
// where that code breaks a promise of its header. Called by libFuzzer (libfuzzer_entry.cpp) and by the replay of the
// corpora (corpus_test.cpp). One thread.
#pragma once

#include <stdexcept>
#include <string_view>

namespace planguild {
struct failure;
}

namespace planguild::fuzz {

/// A promise that does not hold for the input. Nobody catches it under libFuzzer, which reports it with the stack.
class breach : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throws `breach` with the sentence `promise` unless it holds.
inline void require(bool holds, const char* promise) {
  if (!holds) throw breach(promise);
}

/// What every failure promises: a message within its bound, and JSON that can be read back.
void require_sound(const failure& problem);

// Each returns whether the bytes got all the way through (accepted, answered, recalled), so that the replay can tell
// that a corpus reaches more than refusals.

/// The text of a manifest called fuzzed_planner.planner.json.
bool fuzz_manifest(std::string_view bytes);
/// Two bytes (bound and chunk size of the line reader), then what a planner writes; "$ID" becomes the id that it was
/// asked with.
bool fuzz_protocol(std::string_view bytes);
/// A database file where it begins with "SQLite format 3" or 0xFF, else rows of the store and updates to it
/// (store_target.cpp).
bool fuzz_store(std::string_view bytes);
/// The JSON of a plan where it begins with "{", else what a plan is made from (plan_target.cpp).
bool fuzz_plan(std::string_view bytes);
/// Three bytes of options, then text (scrub_target.cpp).
bool fuzz_scrub(std::string_view bytes);
/// Breaks its promise for every text with "breach" in it: shows that a fuzzer finds what it looks for.
bool fuzz_planted(std::string_view bytes);

}  // namespace planguild::fuzz
