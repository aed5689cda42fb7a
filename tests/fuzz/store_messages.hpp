// What a store is told to keep, made of a fuzzer's bytes. Header only; one thread.
#pragma once

#include <cstddef>

#include "messages/limits.hpp"
#include "messages/store.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/byte_source.hpp"

namespace planguild::fuzz {

inline failure_evidence evidence_from(byte_source& source) {
  failure_evidence evidence;
  evidence.stage = static_cast<planner_stage>(source.below(6));
  evidence.message = source.text();
  if (source.below(2) == 1) evidence.exit_code = static_cast<int>(source.byte());
  evidence.stderr_tail = source.text();
  for (auto left = source.below(12); left > 0 && evidence.stderr_tail.size() <= limits::stderr_tail_bytes / 2; --left) {
    evidence.stderr_tail += evidence.stderr_tail;
  }
  evidence.wall_ms = source.integer();
  evidence.resources.cpu_ms = source.integer();
  return evidence;
}

inline admission_verdict verdict_from(byte_source& source) {
  admission_verdict verdict;
  verdict.name = source.text();
  verdict.digest = source.text();
  verdict.state = static_cast<admission_state>(source.below(3));
  const auto flags = source.byte();
  if ((flags & 1U) != 0) verdict.self_test_passed = (flags & 2U) != 0;
  verdict.by_operator = (flags & 4U) != 0;
  verdict.reason = source.text();
  if ((flags & 8U) != 0) verdict.evidence = evidence_from(source);
  verdict.conditions = source.text();
  return verdict;
}

inline crash_report crash_from(byte_source& source) {
  crash_report report;
  report.name = text::valid_utf8(source.text());
  report.evidence = evidence_from(source);
  return report;
}

inline invocation_sample sample_from(byte_source& source) {
  invocation_sample sample;
  sample.name = text::valid_utf8(source.text());
  sample.duration_s = source.number();
  sample.outcome = "ok";
  sample.ts = source.number();
  return sample;
}

inline reliability_increment increment_from(byte_source& source) {
  reliability_increment increment;
  increment.name = source.text();
  increment.success = source.below(2) == 0;
  increment.duration_ms = source.number();
  increment.error = source.text();
  increment.wall_ms = source.integer();
  increment.half_life_s = source.number();
  return increment;
}

}  // namespace planguild::fuzz
