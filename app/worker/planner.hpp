// For authors of native planners: write one class and one macro line, and build a shared object. Header-only, C++17 or
// later, the standard library alone; planner_abi.h lies beside it. Installed as planguild/planner.hpp.
//
//   #include "planner.hpp"
//
//   class my_planner : public planguild::sdk::planner {
//    public:
//     planguild::sdk::description describe() override { return {"my_planner", "1.0.0", {"refactor"}}; }
//     planguild::sdk::test_result self_test() override { return {true, "there is nothing that could fail"}; }
//     planguild::sdk::plan generate_plan(const planguild::sdk::request& asked, planguild::sdk::host& host) override {
//       planguild::sdk::plan made;
//       auto& task = made.tasks.emplace_back();
//       task.id = "1";
//       task.title = "Read the code";
//       return made;
//     }
//   };
//   PLANGUILD_PLANNER(my_planner)
//
// The class is made once, by its default constructor, and used on one thread: see planner_abi.h. Whatever it throws
// becomes an error that the host shows; nothing that it returns can break the protocol: texts that are no UTF-8 are
// mended, numbers that JSON does not have become null. `planguild new NAME --lang cpp` writes a whole project.
#ifndef PLANGUILD_PLANNER_HPP
#define PLANGUILD_PLANNER_HPP

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "planner_abi.h"

namespace planguild::sdk {

/// What the planner says of itself; must agree with its manifest.
struct description {
  std::string name;
  std::string version;
  std::vector<std::string> capabilities;
};

/// Whether the planner works, and in a sentence what was tried or what failed.
struct test_result {
  bool passed = false;
  std::string detail;
};

enum class risk { low, medium, high };
enum class effort { S, M, L };

/// What a task or a plan is founded on.
struct evidence {
  std::string file;                  // relative to the repository, or empty
  std::optional<std::int64_t> line;  // from 1
  std::string text;
};

struct task {
  std::string id;  // unique within the plan
  std::string title;
  std::string description;
  std::string kind;                     // a word of the planner's own: "test", "cycle", …
  std::string target;                   // a file relative to the repository, or empty
  std::vector<std::string> depends_on;  // ids of tasks that come before this one
  enum risk risk = risk::low;
  enum effort effort = effort::S;
  std::vector<struct evidence> evidence;
};

/// Appends `text` as a JSON string. Every byte that is no valid UTF-8 becomes U+FFFD.
inline void append_json(std::string& json, std::string_view text);
/// Appends a number so that it reads back the same; null if it is no finite one.
inline void append_json(std::string& json, double number);

/// A flat JSON object: named texts, numbers and flags. A name that is set again has its last value.
class fields {
 public:
  fields& set(std::string_view name, std::string_view value) { return put(name, value); }
  fields& set(std::string_view name, const char* value) { return put(name, std::string_view(value)); }
  fields& set(std::string_view name, double value) { return put(name, value); }
  fields& set(std::string_view name, bool value) { return keep(name, value ? "true" : "false"); }
  template <class Integer, class = std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>>>
  fields& set(std::string_view name, Integer value) {
    return keep(name, std::to_string(value));
  }

  std::string json() const;

 private:
  template <class Value>
  fields& put(std::string_view name, Value value) {
    std::string json;
    append_json(json, value);
    return keep(name, std::move(json));
  }
  fields& keep(std::string_view name, std::string json);

  std::vector<std::pair<std::string, std::string>> members_;  // both as JSON
};

/// A plan without tasks says that there is nothing to do; its evidence shows why.
struct plan {
  std::vector<task> tasks;
  std::vector<struct evidence> evidence;
  fields meta;            // whatever else is worth telling
  std::string objective;  // the request's if it is left empty
};

/// One request for a plan.
struct request {
  std::string objective;        // what is to be achieved, in a sentence
  std::string context;          // the deep context as JSON text of an object; "null" if there is none
  std::string repository;       // absolute path of the folder that the plan is about; empty if there is none
  std::int64_t timeout_ms = 0;  // how long the host waits; 0 if it did not say
};

/// Thrown by `host::stop_if_cancelled`; a plan that was given up is no failure.
class cancelled : public std::exception {
 public:
  const char* what() const noexcept override { return "the plan was cancelled"; }
};

/// The host while a plan is made. Any thread, until generate_plan returns.
class host {
 public:
  explicit host(const planguild_host& functions) : functions_(functions) {}

  /// True once nobody waits for the plan any more; look now and then, it costs nothing.
  bool is_cancelled() const { return functions_.is_cancelled(functions_.context) != 0; }
  /// Throws `cancelled` then. Call it in every loop that may take long, and let the exception pass.
  void stop_if_cancelled() const {
    if (is_cancelled()) throw cancelled();
  }
  /// `fraction` from 0 to 1; what goes back is ignored.
  void progress(double fraction, std::string_view message = {}) const {
    functions_.progress(functions_.context, fraction, {message.data(), message.size()});
  }
  /// A line for people, shown with the last lines of standard error if the planner fails.
  void log(std::string_view line) const { functions_.log(functions_.context, {line.data(), line.size()}); }

 private:
  const planguild_host& functions_;
};

/// What an author writes.
class planner {
 public:
  planner() = default;
  planner(const planner&) = delete;
  planner& operator=(const planner&) = delete;
  virtual ~planner() = default;

  virtual description describe() = 0;
  virtual test_result self_test() = 0;
  /// Throws std::runtime_error with a sentence if there can be no plan.
  virtual plan generate_plan(const request& asked, host& host) = 0;
};

// -- how it is done ---------------------------------------------------------------------------------------------------
namespace detail {

/// Length of the valid UTF-8 character that `text` begins with; 0 if there is none.
inline std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t index) {
    return index < text.size() ? static_cast<unsigned char>(text[index]) : static_cast<unsigned char>(0);
  };
  const auto follows = [&](std::size_t index) { return (byte(index) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = first == 0xED && byte(1) > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90;
    const bool beyond = first == 0xF4 && byte(1) > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

inline void append_texts(std::string& json, const std::vector<std::string>& texts) {
  json += '[';
  for (const auto& text : texts) {
    if (&text != &texts.front()) json += ',';
    append_json(json, text);
  }
  json += ']';
}

/// Appends `,"name":` (without the comma after a brace) and the text.
inline void append_member(std::string& json, const char* name, std::string_view text) {
  if (json.back() != '{') json += ',';
  append_json(json, std::string_view(name));
  json += ':';
  append_json(json, text);
}

inline void append_evidence(std::string& json, const std::vector<evidence>& items) {
  json += ",\"evidence\":[";
  for (const auto& item : items) {
    json += &item == &items.front() ? "{" : ",{";
    append_member(json, "file", item.file);
    if (item.line) json.append(",\"line\":").append(std::to_string(*item.line));
    append_member(json, "text", item.text);
    json += '}';
  }
  json += ']';
}

/// The name of an enumerator; a number without one is a mistake of the planner's author.
inline const char* name_of(std::initializer_list<const char*> names, std::size_t value) {
  if (value >= names.size()) throw std::invalid_argument("a task's risk or effort has a value without a name");
  return names.begin()[value];
}

}  // namespace detail

inline void append_json(std::string& json, std::string_view text) {
  json += '"';
  while (!text.empty()) {
    const std::size_t bytes = detail::character_bytes(text);
    const char first = text.front();
    if (bytes == 0) {
      json += "\xEF\xBF\xBD";
    } else if (first == '"' || first == '\\') {
      json.append("\\").push_back(first);
    } else if (const auto control = static_cast<unsigned char>(first); control < 0x20) {
      static constexpr std::string_view digits = "0123456789abcdef";
      json.append("\\u00").append(1, digits[control >> 4U]).append(1, digits[control & 0x0FU]);
    } else {
      json.append(text.substr(0, bytes));
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  json += '"';
}

inline void append_json(std::string& json, double number) {
  if (!std::isfinite(number)) {
    json += "null";
    return;
  }
  char digits[32];  // a double has at most 24
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  json.append(digits, static_cast<std::size_t>(end - digits));
}

inline fields& fields::keep(std::string_view name, std::string json) {
  std::string sound_name(name);
  for (char& each : sound_name) each = each == '\0' ? ' ' : each;  // no reader takes a NUL here
  std::string key;
  append_json(key, sound_name);
  for (auto& [known, value] : members_) {
    if (known == key) {
      value = std::move(json);
      return *this;
    }
  }
  members_.emplace_back(std::move(key), std::move(json));
  return *this;
}

inline std::string fields::json() const {
  std::string json = "{";
  for (const auto& [name, value] : members_) {
    if (json.size() > 1) json += ',';
    json.append(name).append(":").append(value);
  }
  return json + '}';
}

/// The JSON of a plan, as the host reads it. Throws std::invalid_argument for a risk or effort that has no name.
inline std::string plan_json(const plan& made) {
  std::string json = "{";
  detail::append_member(json, "objective", made.objective);
  json += ",\"tasks\":[";
  for (const auto& task : made.tasks) {
    json += &task == &made.tasks.front() ? "{" : ",{";
    detail::append_member(json, "id", task.id);
    detail::append_member(json, "title", task.title);
    detail::append_member(json, "description", task.description);
    detail::append_member(json, "kind", task.kind);
    detail::append_member(json, "target", task.target);
    json += ",\"depends_on\":";
    detail::append_texts(json, task.depends_on);
    detail::append_member(json, "risk",
                          detail::name_of({"low", "medium", "high"}, static_cast<std::size_t>(task.risk)));
    detail::append_member(json, "effort", detail::name_of({"S", "M", "L"}, static_cast<std::size_t>(task.effort)));
    detail::append_evidence(json, task.evidence);
    json += '}';
  }
  json += ']';
  detail::append_evidence(json, made.evidence);
  return json.append(",\"meta\":").append(made.meta.json()) + '}';
}

/// The JSON of a description.
inline std::string description_json(const description& described) {
  std::string json = "{";
  detail::append_member(json, "name", described.name);
  detail::append_member(json, "version", described.version);
  json += ",\"capabilities\":";
  detail::append_texts(json, described.capabilities);
  return json + '}';
}

namespace detail {

inline std::string text_of(planguild_text text) {
  return text.size == 0 ? std::string() : std::string(text.bytes, text.size);
}

inline void write(const planguild_output* output, std::string_view text) noexcept {
  output->write(output->context, text.data(), text.size());
}

/// Runs `work`, which returns a status, and turns whatever it throws into one and a sentence.
template <class Work>
planguild_status guarded(const planguild_output* output, Work work) noexcept {
  try {
    return work();
  } catch (const cancelled& asked_for) {
    write(output, asked_for.what());
    return PLANGUILD_CANCELLED;
  } catch (const std::exception& problem) {
    const char* what = problem.what();
    write(output, what == nullptr ? std::string_view() : std::string_view(what));
  } catch (...) {
    write(output, "the planner threw something that is no std::exception");
  }
  return PLANGUILD_FAILED;
}

/// The interface of one planner class. Nothing is written before the answer is whole.
template <class Planner>
struct border {
  static_assert(std::is_base_of_v<planner, Planner>, "a planner derives from planguild::sdk::planner");
  static_assert(std::is_default_constructible_v<Planner>, "a planner is made without arguments");

  static planguild_status create(void** made, const planguild_output* output) {
    return guarded(output, [&] {
      *made = static_cast<planner*>(new Planner());
      return PLANGUILD_OK;
    });
  }
  static void destroy(void* made) { delete static_cast<planner*>(made); }
  static planguild_status describe(void* made, const planguild_output* output) {
    return guarded(output, [&] {
      write(output, description_json(static_cast<planner*>(made)->describe()));
      return PLANGUILD_OK;
    });
  }
  static planguild_status self_test(void* made, const planguild_output* output) {
    return guarded(output, [&] {
      const test_result result = static_cast<planner*>(made)->self_test();
      write(output, result.detail);
      return result.passed ? PLANGUILD_OK : PLANGUILD_FAILED;
    });
  }
  static planguild_status generate_plan(void* made, const planguild_request* asked, const planguild_host* functions,
                                        const planguild_output* output) {
    return guarded(output, [&] {
      request copy{text_of(asked->objective), text_of(asked->context), text_of(asked->repository), asked->timeout_ms};
      host caller(*functions);
      plan result = static_cast<planner*>(made)->generate_plan(copy, caller);
      if (result.objective.empty()) result.objective = copy.objective;
      write(output, plan_json(result));
      return PLANGUILD_OK;
    });
  }

  static constexpr planguild_planner_interface exported{
      sizeof(planguild_planner_interface), PLANGUILD_PLANNER_ABI, create, destroy, describe, self_test, generate_plan};
};

}  // namespace detail
}  // namespace planguild::sdk

/// Exports `planner_class` as the planner of this shared object. Once, outside of every namespace.
#define PLANGUILD_PLANNER(planner_class)                                            \
  extern "C" PLANGUILD_EXPORT const planguild_planner_interface planguild_planner = \
      ::planguild::sdk::detail::border<planner_class>::exported;

#endif
