// The answers of the last different requests on one snapshot: a host asks the same again and again, and a ranking is a
// pure function of snapshot and request. Owned by whoever selects (the registry, a selector); one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "messages/limits.hpp"
#include "messages/selection.hpp"
#include "messages/text.hpp"

namespace planguild {

/// What of a request decides its answer and its samples: everything but the words of the objective and what belongs to
/// an explanation.
struct request_key {
  explicit request_key(const select_request& request)
      : required(request.required_capabilities),
        objective_len(text::count_code_points(request.objective)),
        top(request.top),
        context(request.context),
        prefer_production(request.prefer_production) {}

  /// `length` is that of `request`'s objective, in code points.
  bool is_of(const select_request& request, std::uint64_t length) const noexcept {
    return objective_len == length && top == request.top && prefer_production == request.prefer_production &&
           context == request.context && required == request.required_capabilities;
  }

  /// Cheap, and good enough to tell the few requests of one host apart; `is_of` decides.
  static std::size_t hash(const select_request& request, std::uint64_t length) noexcept {
    std::uint64_t hash = length * 2 + (request.prefer_production ? 1 : 0);
    const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL; };
    const auto letter = [](char c) { return std::uint64_t{static_cast<unsigned char>(c)}; };
    for (const auto& capability : request.required_capabilities) {
      const auto size = capability.size();
      mix(size);
      if (size > 0) {
        mix(letter(capability.front()) << 16U | letter(capability[size / 2]) << 8U | letter(capability.back()));
      }
    }
    mix(static_cast<std::uint64_t>(request.context.hotspots) * 4 + (request.context.deep_index ? 2 : 0) +
        (request.context.given ? 1 : 0));
    mix(request.top);
    return hash >> 32U;
  }

  std::vector<std::string> required;  // as given
  std::uint64_t objective_len;        // code points
  std::uint64_t top;
  context_facts context;
  bool prefer_production;
};

/// A table of as many places as requests are kept; a request that falls on another's place takes it. `Kept` is made
/// from a request_key and has it as `key`.
template <class Kept>
class kept_answers {
 public:
  /// What is kept for `request`; nullptr if nothing is. Requests over a bound are never kept.
  Kept* find(const select_request& request) noexcept {
    const auto length = text::count_code_points(request.objective);
    auto& place = places_[request_key::hash(request, length) % places_.size()];
    const bool is_kept =
        place && request.objective.size() <= limits::objective_bytes_max && place->key.is_of(request, length);
    return is_kept ? place.get() : nullptr;
  }

  Kept& keep(const select_request& request, std::unique_ptr<Kept> answer) {
    auto& place = places_[request_key::hash(request, answer->key.objective_len) % places_.size()];
    place = std::move(answer);
    return *place;
  }

 private:
  std::array<std::unique_ptr<Kept>, limits::kept_answers_max> places_;
};

}  // namespace planguild
