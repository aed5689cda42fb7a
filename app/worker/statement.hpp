// What the worker says of the layers: which were asked for, which it saw in force, which the kernel refused and how.
// One line, made and written before any byte of the planner's program runs; see layers.hpp for its form. Nothing is
// allocated. Owned by the one thread of the process that becomes the program.
#pragma once

#include <array>
#include <cstddef>

#include "app/worker/layers.hpp"

namespace planguild {

/// The layers in the order of worker_layers::all.
enum class layer : std::size_t {
  no_new_privileges,
  limits,
  landlock,
  seccomp,
  user_namespace,
  mount_namespace,
  pid_namespace,
  network_namespace,
  ipc_namespace,
  uid,
  capabilities,
  undumpable,
  write_or_execute,
};

static_assert(worker_layers::all[static_cast<std::size_t>(layer::no_new_privileges)] == "no_new_privileges");
static_assert(worker_layers::all[static_cast<std::size_t>(layer::seccomp)] == "seccomp");
static_assert(worker_layers::all[static_cast<std::size_t>(layer::ipc_namespace)] == "ipc_namespace");
static_assert(worker_layers::all[static_cast<std::size_t>(layer::write_or_execute)] == "write_or_execute");

/// Layers that were asked for and are in no other state count as unavailable, so a step that was forgotten or left
/// early never reads as protection.
class layer_statement {
 public:
  static constexpr std::size_t detail_bytes_max = 128;  // of one layer's detail, with its end; longer ones are cut

  void ask(layer which);
  [[nodiscard]] bool asked(layer which) const;
  [[nodiscard]] bool active(layer which) const;

  /// `detail` is printf text; what would need escaping in JSON becomes a question mark.
  [[gnu::format(printf, 3, 4)]] void set_active(layer which, const char* detail, ...);
  [[gnu::format(printf, 3, 4)]] void set_unavailable(layer which, const char* detail, ...);
  [[gnu::format(printf, 3, 4)]] void set_off(layer which, const char* detail, ...);
  void set_active(layer which);

  /// Refused by the kernel: the detail is the name of `error` (an errno value) and, where it helps, of the step.
  void refused(layer which, int error, const char* step = nullptr);

  /// Writes the line to the descriptor. Returns 0 or an errno value.
  [[nodiscard]] int write_to(int descriptor) const;

 private:
  enum class state : unsigned char { off, asked, active, unavailable };
  struct entry {
    state is = state::off;
    char detail[detail_bytes_max] = {};
  };
  entry& at(layer which) { return entries_[static_cast<std::size_t>(which)]; }
  [[nodiscard]] const entry& at(layer which) const { return entries_[static_cast<std::size_t>(which)]; }

  std::array<entry, worker_layers::all.size()> entries_{};
};

/// The name of an errno value, such as "EPERM"; never null.
const char* error_name(int error);

}  // namespace planguild
