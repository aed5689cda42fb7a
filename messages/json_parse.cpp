// The bounded, strict JSON reader and the writers. Nesting costs no recursion; time is linear (n log k for k keys).
// Pure functions, any thread; nothing throws.
#include <algorithm>
#include <cstring>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "messages/json.hpp"
#include "messages/limits.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

/// Lets the handler see how far the lexer has read: the events of nlohmann's SAX interface carry no position.
class counting_iterator {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  counting_iterator() = default;
  counting_iterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  counting_iterator& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  counting_iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const counting_iterator& other) const { return at_ == other.at_; }

 private:
  const char* at_ = nullptr;
  const char** reached_ = nullptr;
};

/// Builds the value from nlohmann's SAX events; returns false from an event to stop, with `problem` set, and `position`
/// as well if it is told how far the lexer has read.
class value_builder {
 public:
  value_builder(std::string_view text, std::size_t depth_max, const char* const* reached = nullptr)
      : text_(text), depth_max_(depth_max), reached_(reached) {}

  // The events, as nlohmann's interface names them.
  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) { return add(value); }
  bool number_float(double value, const std::string& /*text*/) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t& /*value*/) { return false; }
  bool start_object(std::size_t /*elements*/) { return open(nlohmann::json::object()); }
  bool start_array(std::size_t /*elements*/) { return open(nlohmann::json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name);
  bool parse_error(std::size_t position, const std::string& last_token, const nlohmann::json::exception& error);

  nlohmann::json root;
  std::string problem;       // what is wrong, empty: nothing
  std::size_t position = 0;  // where, in bytes from the start

 private:
  template <class Value>
  bool add(Value&& item) {
    place(nlohmann::json(std::forward<Value>(item)));
    return true;
  }
  nlohmann::json* place(nlohmann::json&& item);
  bool open(nlohmann::json&& container);
  bool close() {
    open_.pop_back();
    return true;
  }
  std::size_t reached() const { return reached_ == nullptr ? 0 : static_cast<std::size_t>(*reached_ - text_.data()); }
  std::size_t key_start() const;

  std::string_view text_;
  std::size_t depth_max_;
  const char* const* reached_;             // none: nobody asks where
  std::vector<nlohmann::json*> open_;      // containers around the current place, outermost first
  nlohmann::json* next_member_ = nullptr;  // where the value of the key just read goes
};

nlohmann::json* value_builder::place(nlohmann::json&& item) {
  if (open_.empty()) {
    root = std::move(item);
    return &root;
  }
  if (open_.back()->is_array()) {
    auto& elements = open_.back()->get_ref<nlohmann::json::array_t&>();
    elements.push_back(std::move(item));
    return &elements.back();
  }
  *next_member_ = std::move(item);
  return next_member_;
}

bool value_builder::open(nlohmann::json&& container) {
  if (open_.size() >= depth_max_) {
    problem = "more than " + std::to_string(depth_max_) + " objects and arrays inside one another";
    position = reached() > 0 ? reached() - 1 : 0;
    return false;
  }
  open_.push_back(place(std::move(container)));
  return true;
}

/// The lexer stands behind the key's closing quote; its opening quote is the next one back that no backslash escapes.
std::size_t value_builder::key_start() const {
  std::size_t at = reached() > 0 ? reached() - 1 : 0;
  while (at > 0) {
    --at;
    if (text_[at] != '"') continue;
    std::size_t backslashes = 0;
    while (backslashes < at && text_[at - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) break;
  }
  return at;
}

bool value_builder::key(std::string& name) {
  if (name.find('\0') != std::string::npos) {
    problem = "a key holds a NUL character";
    position = key_start();
    return false;
  }
  auto& members = open_.back()->get_ref<nlohmann::json::object_t&>();
  const auto [member, is_new] = members.try_emplace(std::move(name), nullptr);
  if (!is_new) {
    problem =
        "the key \"" + scrubbed_label(member->first, limits::label_code_points) + "\" occurs twice in the same object";
    position = key_start();
    return false;
  }
  next_member_ = &member->second;
  return true;
}

bool value_builder::parse_error(std::size_t read, const std::string& /*last_token*/,
                                const nlohmann::json::exception& error) {
  position = std::min(read > 0 ? read - 1 : 0, text_.size());
  std::string_view what = error.what();
  if (error.id == 406) {
    problem = "a number is too large";
    return false;
  }
  // "[json.exception…] parse error at …: syntax error while parsing value - unexpected '}'; expected …; last read: …"
  if (const auto start = what.find(" - "); start != std::string_view::npos) what.remove_prefix(start + 3);
  if (const auto quoted = what.find("; last read: "); quoted != std::string_view::npos) {
    const auto after = what.find("; expected ", quoted);
    problem = std::string{what.substr(0, quoted)};
    if (after != std::string_view::npos) problem += what.substr(after);
  } else {
    problem = what;
  }
  problem = scrubbed_label(problem, 300);
  return false;
}

std::string line_and_column(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const auto column =
      text::count_code_points(line_start == std::string_view::npos ? before : before.substr(line_start + 1)) + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

failure not_json(std::string_view text, std::size_t position, std::string_view problem, failure_code code,
                 std::string_view where) {
  return make_failure(code, "not valid JSON: " + line_and_column(text, position) + ": " + std::string{problem}, {},
                      where);
}

}  // namespace

outcome<nlohmann::json> parse_json(std::string_view text, const json_bounds& bounds, failure_code code,
                                   std::string_view where) {
  if (text.size() > bounds.bytes_max) {
    return make_failure(code,
                        "the text has " + std::to_string(text.size()) + " bytes; at most " +
                            std::to_string(bounds.bytes_max) + " are accepted",
                        {}, where);
  }
  if (text::trim(text).empty()) {
    return make_failure(code, "not valid JSON: the text is empty; exactly one JSON value is expected", {}, where);
  }
  // nlohmann's lexer takes a NUL byte for the end of the text.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return not_json(text, zero, "a NUL byte", code, where);
  }
  value_builder builder(text, bounds.depth_max);
  if (nlohmann::json::sax_parse(text.data(), text.data() + text.size(), &builder) && builder.problem.empty()) {
    return std::move(builder.root);
  }
  // Only what is refused is read a second time, to say where: counting each character slows the lexer down.
  const char* reached = text.data();
  value_builder teller(text, bounds.depth_max, &reached);
  const counting_iterator first(text.data(), &reached);
  const counting_iterator last(text.data() + text.size(), &reached);
  nlohmann::json::sax_parse(first, last, &teller);
  return not_json(text, teller.position, teller.problem, code, where);
}

std::string dump_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string dump_json(const nlohmann::ordered_json& value, int indent) {
  return value.dump(indent, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace planguild
