// The planner interface: what a shared object exports to be a native planner. One header for C99 and for C++, without
// any dependency; planner.hpp puts a C++ class over it. Installed as planguild/planner_abi.h.
//
// A planner's manifest names the shared object ("entry": {"kind": "library", "path": "libNAME.so"}). It is loaded into
// a process of its own, inside the sandbox, and must export exactly one symbol:
//
//   PLANGUILD_EXPORT extern const planguild_planner_interface planguild_planner;
//
// Threads. All functions of the interface are called one after another on one thread, which is the process's first.
// The functions of planguild_host may be called on any thread, but only until `generate_plan` returns.
//
// Memory. Nothing is ever freed by the other side. Texts that are handed in belong to the caller and are valid until
// the function returns: copy what is kept. Answers are written to a planguild_output, which copies the bytes before
// `write` returns.
//
// Texts are UTF-8, given as pointer and size in bytes, and not zero-terminated. The pointer may be null where the size
// is 0.
//
// Failures. A function that answers returns a planguild_status: with PLANGUILD_OK, what it wrote is its answer; with
// any other, what it wrote is a sentence for people that says why. No exception may leave a function of either side,
// and no function may call longjmp over the other's frames.
//
// Growth. Every struct begins with its size in bytes as its maker knows it, and new members are only added at the end:
// a member may be used if it lies within that size. What cannot be added so gets a new PLANGUILD_PLANNER_ABI; a worker
// loads only planners of the number that it knows.
//
// Where things go. Standard output of the process leads to standard error, whose last lines are shown when the planner
// fails; standard input is empty. Neither is the protocol's.
#ifndef PLANGUILD_PLANNER_ABI_H
#define PLANGUILD_PLANNER_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The number of this interface.
#define PLANGUILD_PLANNER_ABI 1

/// The name of the exported symbol, as a text.
#define PLANGUILD_PLANNER_SYMBOL "planguild_planner"

#if defined(__GNUC__)
#define PLANGUILD_EXPORT __attribute__((visibility("default")))
#else
#define PLANGUILD_EXPORT
#endif

/// What became of a call; any other number counts as PLANGUILD_FAILED.
typedef int32_t planguild_status;
#define PLANGUILD_OK ((planguild_status)0)
#define PLANGUILD_FAILED ((planguild_status)1)
#define PLANGUILD_CANCELLED ((planguild_status)2)  // of generate_plan: it gave up because it was asked to

/// A text that the caller owns.
typedef struct planguild_text {
  const char* bytes;
  size_t size;
} planguild_text;

/// Where a function puts its answer, in one piece or in several, one after another.
typedef struct planguild_output {
  size_t struct_size;
  void* context;  // first argument of `write`
  /// Copies `size` bytes. An answer over the host's bound (4 MiB) is an error, and the rest of it is dropped.
  void (*write)(void* context, const char* bytes, size_t size);
} planguild_output;

/// One request for a plan.
typedef struct planguild_request {
  size_t struct_size;
  planguild_text objective;   // what is to be achieved, in a sentence
  planguild_text context;     // the deep context, JSON text of an object; `null` if there is none
  planguild_text repository;  // absolute path of the folder that the plan is about; empty if there is none
  int64_t timeout_ms;         // how long the host waits for the answer; 0 if it did not say
} planguild_request;

/// What a planner may ask of its host while it plans.
typedef struct planguild_host {
  size_t struct_size;
  void* context;  // first argument of the functions below
  /// Not 0 once nobody waits for the plan any more: return PLANGUILD_CANCELLED soon, or the process is killed. Cheap.
  int32_t (*is_cancelled)(void* context);
  /// `fraction` is within 0 and 1; going back, or less than a hundredth forward, is ignored. The message may be empty.
  void (*progress)(void* context, double fraction, planguild_text message);
  /// One line for people; it goes where standard error goes.
  void (*log)(void* context, planguild_text message);
} planguild_host;

/// What the shared object exports. Every member must be set. The first two keep their places in every version.
typedef struct planguild_planner_interface {
  size_t struct_size;    // sizeof(planguild_planner_interface)
  uint32_t abi_version;  // PLANGUILD_PLANNER_ABI

  /// Makes the planner and stores what the functions below get as `planner` (null is fine). Called once, before all
  /// others. Where it fails nothing else is called, and the sentence in `output` is the reason that the host sees.
  planguild_status (*create)(void** planner, const planguild_output* output);

  /// Called once, last; not at all if `create` failed or the process was killed.
  void (*destroy)(void* planner);

  /// Answers {"name": TEXT, "version": TEXT, "capabilities": [TEXT, …]}, which must agree with the manifest.
  planguild_status (*describe)(void* planner, const planguild_output* output);

  /// Tries whether the planner works: PLANGUILD_OK says that it does. What is written says in a sentence what was
  /// tried, or what failed.
  planguild_status (*self_test)(void* planner, const planguild_output* output);

  /// Answers a plan as JSON, as `planguild schema plan` prints it: {"objective": …, "tasks": […], "evidence": […],
  /// "meta": {…}}. Having nothing to do is no failure: a plan without tasks, with evidence.
  planguild_status (*generate_plan)(void* planner, const planguild_request* request, const planguild_host* host,
                                    const planguild_output* output);
} planguild_planner_interface;

/// The exported symbol.
PLANGUILD_EXPORT extern const planguild_planner_interface planguild_planner;

#ifdef __cplusplus
}
#endif

#endif
