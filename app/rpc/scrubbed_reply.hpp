// Replies as they leave the process: foreign free text in them without secrets. (Failures, logs and evidence are
// scrubbed where they are made.) Pure functions, any thread.
#pragma once

#include "messages/operations.hpp"
#include "messages/planning.hpp"

namespace planguild {

/// Masks secrets in a plan's objective, titles, descriptions, evidence texts and `meta`, which stays JSON; ids and
/// files are not touched. Paths stay.
void scrub_reply(plan_reply& reply);
/// Masks secrets in the configuration's values.
void scrub_reply(diagnostics_report& reply);
/// Every other reply holds no text but of planguild, manifests and failures.
template <class Reply>
void scrub_reply(Reply& /*reply*/) {}

}  // namespace planguild
