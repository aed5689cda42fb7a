// Resource limits. See the header.
#include "app/worker/resource_limits.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace planguild {
namespace {

struct limit_row {
  __rlimit_resource resource;
  rlim_t highest;  // bytes or a number
  const char* name;
};

constexpr limit_row always[] = {
    {RLIMIT_CORE, 0, "core"},         {RLIMIT_MEMLOCK, 0, "memlock"},
    {RLIMIT_MSGQUEUE, 0, "msgqueue"}, {RLIMIT_SIGPENDING, 64, "sigpending"},
    {RLIMIT_NOFILE, 256, "nofile"},   {RLIMIT_STACK, rlim_t{8} << 20, "stack"},
};

constexpr rlim_t keepers = 2;  // processes of the same user around a planner in a process namespace: see keeper.hpp

// From the signal that says which limit it was, SIGXCPU, to the one that nobody handles.
constexpr rlim_t cpu_grace_s = 5;

/// Returns 0 or an errno value; 0 only if the limit is seen in force. The hard limit is higher by `grace`.
int set_limit(__rlimit_resource resource, rlim_t highest, rlim_t grace = 0) {
  rlimit now{};
  if (getrlimit(resource, &now) != 0) return errno;
  const rlim_t value = std::min(now.rlim_max, highest + grace);  // "unlimited" is the highest value
  const rlimit wanted{std::min({now.rlim_cur, value, highest}), value};
  if (setrlimit(resource, &wanted) != 0) return errno;
  if (getrlimit(resource, &now) != 0) return errno;
  return now.rlim_max <= highest + grace && now.rlim_cur <= highest ? 0 : EINVAL;
}

}  // namespace

void set_resource_limits(const worker_arguments& given, layer_statement& layers) {
  if (!layers.asked(layer::limits)) return;
  for (const limit_row& row : always) {
    if (const int error = set_limit(row.resource, row.highest); error != 0) {
      return layers.refused(layer::limits, error, row.name);
    }
  }
  if (!given.writes_files) {
    if (const int error = set_limit(RLIMIT_FSIZE, 0); error != 0) return layers.refused(layer::limits, error, "fsize");
  }
  if (given.cpu_s != 0) {
    if (const int error = set_limit(RLIMIT_CPU, given.cpu_s, cpu_grace_s); error != 0) {
      return layers.refused(layer::limits, error, "cpu");
    }
  }
#if defined(PLANGUILD_STARTS_SANITIZED_PROGRAMS)
  const char* memory = "no memory limit: what it starts is built with sanitizers";
#else
  const char* memory = "no memory limit: none was given";
  char megabytes[48];
  if (given.memory_bytes != 0) {
    if (const int error = set_limit(RLIMIT_DATA, given.memory_bytes); error != 0) {
      return layers.refused(layer::limits, error, "data");
    }
    (void)std::snprintf(megabytes, sizeof megabytes, "memory %llu MiB",
                        static_cast<unsigned long long>(given.memory_bytes >> 20));
    memory = megabytes;
  }
#endif
  if (given.processes == 0 || !(layers.active(layer::uid) || layers.active(layer::user_namespace))) {
    return layers.set_active(layer::limits, "%s; processes not limited%s", memory,
                             given.processes == 0 ? "" : ": the user is not its own");
  }
  const rlim_t processes = given.processes + (layers.active(layer::pid_namespace) ? keepers : 0);
  if (const int error = set_limit(RLIMIT_NPROC, processes); error != 0) {
    return layers.refused(layer::limits, error, "nproc");
  }
  layers.set_active(layer::limits, "%s; %llu processes", memory, static_cast<unsigned long long>(given.processes));
}

}  // namespace planguild
