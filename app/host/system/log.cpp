// The log. See the header.
#include "app/host/system/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <nlohmann/json.hpp>

#include "messages/json.hpp"
#include "messages/scrub.hpp"
#include "messages/text.hpp"

namespace planguild {
namespace {

constexpr std::size_t text_bytes_max = 8UL * 1'024;
constexpr std::size_t fields_max = 32;
constexpr std::size_t write_bytes = 4'096;  // a pipe that is ready takes this much without blocking
constexpr int patience_ms = 100;            // for a reader that is slow

std::string clean(std::string_view text, bool hide_paths = true) {
  return text::valid_utf8(scrub(text, {.hide_paths = hide_paths, .bytes_max = text_bytes_max}));
}

/// A terminal obeys control characters, also those that UTF-8 writes as two bytes (C1).
std::string without_controls(std::string text) {
  constexpr auto c1_lead = '\xC2';
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool is_c1 = text[at] == c1_lead && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xA0;
    if (is_c1) text.replace(at, 2, " ");
    if (byte < 0x20 || byte == 0x7F) text[at] = ' ';
  }
  return text;
}

std::string iso_time(std::int64_t wall_ms) {
  const auto seconds = static_cast<std::time_t>(wall_ms / 1'000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                                 parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                                 static_cast<int>(wall_ms % 1'000));
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

class descriptor_log final : public log_sink {
 public:
  descriptor_log(log_level least, int number, log_style style) : least_(least), number_(number), style_(style) {}

  void log(log_level level, std::string_view component, std::string_view message,
           const std::vector<std::pair<std::string, std::string>>& fields) override {
    if (level < least_.load(std::memory_order_relaxed)) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const std::string line = make_line(level, component, message, fields, now_ms);
    const std::lock_guard lock(mutex_);
    if (dropped_ > 0) {
      const std::string lost = std::to_string(dropped_);
      const std::string note =
          make_line(log_level::warning, "log", "Log lines were dropped.", {{"dropped", lost}}, now_ms);
      if (write_all((cut_ ? "\n" : "") + note)) dropped_ = 0;
    }
    if (dropped_ > 0 || !write_all(line)) ++dropped_;
  }

  void set_least_level(log_level least) override { least_.store(least, std::memory_order_relaxed); }

 private:
  std::string make_line(log_level level, std::string_view component, std::string_view message,
                        const std::vector<std::pair<std::string, std::string>>& fields, std::int64_t wall_ms) const {
    constexpr std::string_view clear_line = "\r\x1b[K";
    if (style_ == log_style::terminal) return std::string{clear_line} + log_sentence(level, message, fields);
    return log_line(level, component, message, fields, wall_ms);
  }

  /// False when nobody reads, or the descriptor is no good; `cut_` tells whether half a line stands there.
  bool write_all(std::string_view bytes) {
    const std::size_t whole = bytes.size();
    while (!bytes.empty()) {
      pollfd entry{number_, POLLOUT, 0};
      const int ready = ::poll(&entry, 1, patience_ms);
      if (ready < 0 && errno == EINTR) continue;
      const ssize_t size = ready == 1 ? ::write(number_, bytes.data(), std::min(bytes.size(), write_bytes)) : -1;
      if (size < 0 && ready == 1 && errno == EINTR) continue;
      if (size <= 0) {
        cut_ = cut_ || bytes.size() < whole;
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    cut_ = false;
    return true;
  }

  std::atomic<log_level> least_;  // orders nothing else
  const int number_;
  const log_style style_;
  std::mutex mutex_;  // keeps lines whole: all threads of a runtime write here
  std::uint64_t dropped_ = 0;
  bool cut_ = false;
};

}  // namespace

std::string log_line(log_level level, std::string_view component, std::string_view message,
                     const std::vector<std::pair<std::string, std::string>>& fields, std::int64_t wall_ms) {
  nlohmann::ordered_json line;
  line["component"] = clean(component);
  line["level"] = to_string(level);
  line["msg"] = clean(message);
  line["ts"] = iso_time(wall_ms);
  for (const auto& [name, value] : fields) {
    if (line.size() >= fields_max) break;
    const std::string key = clean(name);
    line[line.contains(key) ? "field_" + key : key] = is_secret_name(name) ? std::string("***") : clean(value);
  }
  return dump_json(line) + "\n";
}

std::string log_sentence(log_level level, std::string_view message,
                         const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string details;
  for (const auto& [name, value] : fields) {
    if (name == "code" || value.empty()) continue;
    if (!details.empty()) details += ", ";
    if (name != "planner" && name != "where") details += name + ": ";
    details += is_secret_name(name) ? std::string("***") : clean(value, name != "where");
  }
  auto line = std::string{to_string(level)} + ": " + clean(message);
  if (!details.empty()) line += " (" + details + ")";
  return without_controls(std::move(line)) + "\n";
}

std::shared_ptr<log_sink> make_log(log_level least, int number, log_style style) {
  return std::make_shared<descriptor_log>(least, number, style);
}

}  // namespace planguild
