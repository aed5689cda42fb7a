// The answers of the last different requests on one snapshot: a host asks the same again and again, and a ranking is a
// pure function of snapshot and request. Owned by whoever selects (the registry, a selector); one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
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

  /// Every byte of what decides the answer counts, eight at a time; `is_of` decides.
  static std::size_t hash(const select_request& request, std::uint64_t length) noexcept {
    std::uint64_t hash = length * 2 + (request.prefer_production ? 1 : 0);
    const auto mix = [&hash](std::uint64_t value) {
      hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
      hash ^= hash >> 32U;
    };
    for (const auto& capability : request.required_capabilities) {
      std::uint64_t word = capability.size();
      std::size_t at = 0;
      for (; at + sizeof word <= capability.size(); at += sizeof word) {
        mix(word);
        std::memcpy(&word, capability.data() + at, sizeof word);
      }
      mix(word);
      word = 0;
      std::memcpy(&word, capability.data() + at, capability.size() - at);
      mix(word);
    }
    mix(static_cast<std::uint64_t>(request.context.hotspots) * 4 + (request.context.deep_index ? 2 : 0) +
        (request.context.given ? 1 : 0));
    mix(request.top);
    return hash;
  }

  std::vector<std::string> required;  // as given
  std::uint64_t objective_len;        // code points
  std::uint64_t top;
  context_facts context;
  bool prefer_production;
};

/// A table of as many places as requests are kept. Each request may lie in one of `ways` places beside each other; one
/// that finds them taken replaces one of them. `Kept` is made from a request_key and has it as `key`.
template <class Kept>
class kept_answers {
 public:
  /// What is kept for `request`; nullptr if nothing is. Requests over a bound are never kept.
  Kept* find(const select_request& request) noexcept {
    if (request.objective.size() > limits::objective_bytes_max) return nullptr;
    const auto length = text::count_code_points(request.objective);
    const auto first = request_key::hash(request, length);
    for (std::size_t way = 0; way < ways; ++way) {
      auto& place = places_[(first + way) % places_.size()];
      if (place && place->key.is_of(request, length)) return place.get();
    }
    return nullptr;
  }

  /// Keeps `answer` in the place of what is kept for `request`, else beside it. What it replaces is gone.
  Kept& keep(const select_request& request, std::unique_ptr<Kept> answer) {
    const auto length = answer->key.objective_len;
    const auto first = request_key::hash(request, length);
    std::size_t chosen = ways;
    for (std::size_t way = 0; way < ways; ++way) {
      const auto& place = places_[(first + way) % places_.size()];
      if (place && place->key.is_of(request, length)) {
        chosen = way;
        break;
      }
      if (!place && chosen == ways) chosen = way;
    }
    if (chosen == ways) chosen = next_replaced_++ % ways;
    auto& place = places_[(first + chosen) % places_.size()];
    place = std::move(answer);
    return *place;
  }

 private:
  static constexpr std::size_t ways = 4;

  std::array<std::unique_ptr<Kept>, limits::kept_answers_max> places_;
  std::size_t next_replaced_ = 0;  // in turn, so that no two requests take each other's place for ever
};

}  // namespace planguild
