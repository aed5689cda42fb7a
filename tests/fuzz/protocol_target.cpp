// Fuzzes what a planner writes: the line reader against a simple model, strict JSON against nlohmann's own parser, and
// the protocol's reading of each line. One thread.
#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "actors/instantiation/planner_protocol.hpp"
#include "messages/json.hpp"
#include "messages/json_lines.hpp"
#include "messages/limits.hpp"
#include "messages/planning.hpp"
#include "messages/text.hpp"
#include "tests/fuzz/byte_source.hpp"
#include "tests/fuzz/targets.hpp"

namespace planguild::fuzz {
namespace {

using nlohmann::json;

constexpr json_bounds bounds{limits::protocol_line_bytes_max, limits::protocol_depth_max};
constexpr json_bounds context_bounds{limits::context_bytes_max, limits::context_depth_max};

struct stream_lines {
  std::vector<std::string> lines;
  std::string partial;
  bool overflowed = false;
  bool operator==(const stream_lines&) const = default;
};

/// The lines of a whole stream, the slow and simple way.
stream_lines model_of(std::string_view stream, std::size_t bytes_max) {
  stream_lines result;
  while (true) {
    const auto end = stream.find('\n');
    const auto piece = stream.substr(0, end);
    result.overflowed = piece.size() > bytes_max;
    if (result.overflowed) return result;
    if (end == std::string_view::npos) {
      result.partial = piece;
      return result;
    }
    result.lines.emplace_back(piece.ends_with('\r') ? piece.substr(0, piece.size() - 1) : piece);
    stream.remove_prefix(end + 1);
  }
}

stream_lines read_lines(std::string_view stream, std::size_t bytes_max, std::size_t chunk_bytes) {
  line_reader reader(bytes_max);
  stream_lines result;
  for (; !stream.empty(); stream.remove_prefix(std::min(chunk_bytes, stream.size()))) {
    const bool goes_on = reader.feed(stream.substr(0, chunk_bytes), result.lines);
    require(goes_on != reader.overflowed(), "feeding tells whether the stream goes on");
    require(reader.partial_bytes() <= bytes_max, "the unfinished line is within the bound");
  }
  result.partial = reader.partial();
  result.overflowed = reader.overflowed();
  return result;
}

/// Whether the text is one JSON value within the depth, without repeated keys and NUL, by nlohmann's parser.
bool is_strict_json(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return false;
  std::vector<std::set<std::string>> open;
  bool is_strict = true;
  const auto look = [&](int, json::parse_event_t event, json& value) {
    using kind = json::parse_event_t;
    if (event == kind::object_start || event == kind::array_start) open.emplace_back();
    if (event == kind::object_end || event == kind::array_end) open.pop_back();
    if (event == kind::key) {
      const auto& name = value.get_ref<const std::string&>();
      is_strict = is_strict && open.back().insert(name).second && name.find('\0') == std::string::npos;
    }
    is_strict = is_strict && open.size() <= bounds.depth_max;
    return true;
  };
  const auto value = json::parse(text.begin(), text.end(), look, false);
  return is_strict && !value.is_discarded();
}

void check_json(std::string_view text) {
  const auto parsed = parse_json(text, bounds, failure_code::protocol_error, "line");
  require(parsed.value.has_value() == is_strict_json(text), "strict JSON is accepted and nothing else");
  if (!parsed) {
    require_sound(*parsed.error);
    require(parsed.error->code == failure_code::protocol_error, "a refusal has the code that was asked for");
    return;
  }
  require(*parsed == json::parse(text), "accepted JSON means what nlohmann's parser says");
  const auto again = parse_json(dump_json(*parsed), bounds, failure_code::protocol_error);
  require(again.value.has_value() && *again == *parsed, "accepted JSON that is written again reads the same");
  const auto request = from_json<plan_request>(*parsed, "params");
  if (!request) {
    require_sound(*request.error);
    require(request.error->code == failure_code::invalid_request, "a malformed message is invalid_request");
    return;
  }
  const auto written = parse_json(dump_json(to_json(*request)), bounds, failure_code::internal);
  require(written.value.has_value() && from_json<plan_request>(*written) == request,
          "a message that is written reads the same");
}

/// Predictable ids, so that a corpus file means the same in every run.
class counting final : public random_source {
 public:
  std::uint64_t next() override { return ++count_; }

 private:
  std::uint64_t count_ = 0;
};

/// One host that asks for everything in turn and reads whatever comes.
class session {
 public:
  session() : protocol_(random_, "fuzzed_planner") {
    manifest_.name = "fuzzed_planner";
    manifest_.version = "1.0.0";
    manifest_.capabilities = {"refactor", "tests"};
  }

  /// False: the session is over.
  bool read(std::string line) {
    if (!protocol_.pending()) ask(line);
    for (auto at = line.find("$ID"); at != std::string::npos; at = line.find("$ID", at + id_.size()))
      line.replace(at, 3, id_);
    check_json(line);
    const auto reading = protocol_.read(line);
    switch (reading.kind) {
      case protocol_reading::kind::notification:
        require(protocol_.pending(), "a notification leaves the request open");
        return true;
      case protocol_reading::kind::violation:
        require_sound(reading.problem);
        require(!reading.breach.empty(), "a violation says in a few words which one it is");
        require(reading.problem.code == failure_code::protocol_error ||
                    reading.problem.code == failure_code::limit_exceeded,
                "a violation has its code");
        return false;
      default:
        check_answer(json::parse(line), reading);
        return true;
    }
  }

  std::size_t answers() const noexcept { return answers_; }

 private:
  void ask(const std::string& line) {
    const auto request = next_request(line);
    require(request.find('\n') == std::string::npos, "a request is one line");
    const auto parsed = parse_json(request, bounds, failure_code::internal);
    require(parsed.value.has_value(), "a request is strict JSON");
    require(ids_.insert(id_ = (*parsed)["id"]).second, "every request has an id of its own");
    if (asked_ != protocol_method::generate_plan) return;
    const auto context = parse_json(line, context_bounds, failure_code::internal);
    require((*parsed)["params"]["context"] == (context ? *context : json()),
            "a context is sent as it is, what is no JSON as null");
    require((*parsed)["params"]["objective"] == text::valid_utf8(line), "an objective is sent as valid UTF-8");
  }

  std::string next_request(const std::string& line) {
    asked_ = static_cast<protocol_method>(requests_++ % 4);
    switch (asked_) {
      case protocol_method::initialize:
        return protocol_.initialize();
      case protocol_method::self_test:
        return protocol_.self_test();
      case protocol_method::generate_plan:
        return protocol_.generate_plan(line, line, line, 1'000);
      default:
        return protocol_.shutdown();
    }
  }

  void check_answer(const json& line, const protocol_reading& reading) {
    ++answers_;
    require(!protocol_.pending(), "an answer ends the request");
    require(reading.method == asked_, "an answer is to what was asked");
    require(line.is_object() && line["jsonrpc"] == "2.0" && line["id"] == id_,
            "an answer is JSON-RPC 2.0 with the request's id");
    require(line.contains("result") != line.contains("error"), "an answer has a result or an error");
    if (reading.kind == protocol_reading::kind::error) return require_sound(reading.problem);
    require(reading.result == line["result"], "a result is what the planner sent");
    if (asked_ == protocol_method::initialize) check_handshake_of(reading.result);
  }

  void check_handshake_of(const json& result) {
    const auto wrong = check_handshake(result, manifest_);
    if (wrong) return require_sound(*wrong);
    require(result["protocol"] == 1 && text::normalised(result["name"].get<std::string>()) == manifest_.name &&
                result["version"] == manifest_.version,
            "an accepted handshake says what the manifest says");
    for (const auto& capability : manifest_.capabilities) {
      const auto is_it = [&](const json& stated) {
        return stated.is_string() && text::normalised(stated.get<std::string>()) == capability;
      };
      require(std::any_of(result["capabilities"].begin(), result["capabilities"].end(), is_it),
              "an accepted handshake states every capability");
    }
  }

  counting random_;
  planner_protocol protocol_;
  planner_manifest manifest_;
  std::size_t requests_ = 0;
  std::size_t answers_ = 0;
  protocol_method asked_ = protocol_method::initialize;
  std::string id_;
  std::set<std::string> ids_;
};

}  // namespace

bool fuzz_protocol(std::string_view bytes) {
  byte_source source(bytes);
  const auto bytes_max = std::size_t{16} * source.byte();
  const auto chunk_bytes = source.below(64) + 1;
  const auto stream = source.rest();
  const auto read = read_lines(stream, bytes_max, chunk_bytes);
  require(read == model_of(stream, bytes_max), "the lines are the stream's, however it is cut");
  session host;
  for (const auto& line : read.lines) {
    if (!host.read(line)) break;
  }
  return host.answers() > 0;
}

}  // namespace planguild::fuzz
