// The statement of the layers. See the header.
#include "app/worker/statement.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace planguild {
namespace {

void make_harmless(char* text) {
  for (; *text != '\0'; ++text) {
    if (*text < ' ' || *text > '~' || *text == '"' || *text == '\\') *text = '?';
  }
}

// Each name is at most 32 bytes, each state 11, and around them stand 10 more.
static_assert(worker_layers::all.size() * (layer_statement::detail_bytes_max + 32 + 11 + 10) + 64 <=
              worker_layers::statement_bytes_max);

}  // namespace

const char* error_name(int error) {
  const char* name = strerrorname_np(error);
  return name == nullptr ? "an unknown error" : name;
}

void layer_statement::ask(layer which) {
  at(which).is = state::asked;
}

bool layer_statement::asked(layer which) const {
  return at(which).is != state::off;
}

bool layer_statement::active(layer which) const {
  return at(which).is == state::active;
}

void layer_statement::set_active(layer which, const char* detail, ...) {
  entry& known = at(which);
  va_list values;
  va_start(values, detail);
  (void)std::vsnprintf(known.detail, sizeof known.detail, detail, values);
  va_end(values);
  make_harmless(known.detail);
  known.is = state::active;
}

void layer_statement::set_unavailable(layer which, const char* detail, ...) {
  entry& known = at(which);
  va_list values;
  va_start(values, detail);
  (void)std::vsnprintf(known.detail, sizeof known.detail, detail, values);
  va_end(values);
  make_harmless(known.detail);
  known.is = state::unavailable;
}

void layer_statement::set_off(layer which, const char* detail, ...) {
  entry& known = at(which);
  va_list values;
  va_start(values, detail);
  (void)std::vsnprintf(known.detail, sizeof known.detail, detail, values);
  va_end(values);
  make_harmless(known.detail);
  known.is = state::off;
}

void layer_statement::set_active(layer which) {
  at(which).detail[0] = '\0';
  at(which).is = state::active;
}

void layer_statement::refused(layer which, int error, const char* step) {
  if (step == nullptr) return set_unavailable(which, "%s", error_name(error));
  set_unavailable(which, "%s: %s", error_name(error), step);
}

int layer_statement::write_to(int descriptor) const {
  char line[worker_layers::statement_bytes_max];
  std::size_t size = 0;
  const auto add = [&](const char* text) {
    while (*text != '\0') line[size++] = *text++;  // fits: see the assertion above
  };
  add(R"({"planguild_worker":1,"layers":[)");
  for (std::size_t number = 0; number < entries_.size(); ++number) {
    const entry& known = entries_[number];
    add(number == 0 ? R"([")" : R"(,[")");
    add(worker_layers::all[number].data());  // literals, so they end with a zero
    add(known.is == state::active ? R"(","active",")"
        : known.is == state::off  ? R"(","off",")"
                                  : R"(","unavailable",")");
    add(known.detail);
    add(R"("])");
  }
  add("]}\n");
  for (std::size_t sent = 0; sent < size;) {
    const ssize_t written = write(descriptor, line + sent, size - sent);
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) sent += static_cast<std::size_t>(written);
  }
  return 0;
}

}  // namespace planguild
