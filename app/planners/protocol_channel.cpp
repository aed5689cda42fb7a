// Reading, queueing and writing of protocol lines. Internal to app/planners; see the header for threads.
#include "app/planners/protocol_channel.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "messages/json.hpp"
#include "messages/json_lines.hpp"
#include "messages/limits.hpp"

namespace planguild {

namespace {

using nlohmann::json;

constexpr json_bounds line_bounds{limits::protocol_line_bytes_max, limits::protocol_depth_max};

bool is_id(const json& value) {
  return value.is_string() || value.is_number();
}

}  // namespace

protocol_channel::protocol_channel(int input_fd, int output_fd)
    : input_fd_(input_fd),
      output_fd_(output_fd),
      wake_fd_(::eventfd(0, EFD_CLOEXEC)),
      reader_([this] { read_lines(); }) {}

protocol_channel::~protocol_channel() {
  const std::uint64_t one = 1;
  // An eventfd takes at least one write; without one (no descriptors left) the reader ends with the input.
  [[maybe_unused]] auto written = ::write(wake_fd_, &one, sizeof one);
  reader_.join();
  ::close(wake_fd_);
}

std::optional<rpc_request> protocol_channel::next() {
  std::unique_lock lock(mutex_);
  arrived_.wait(lock, [this] { return !requests_.empty() || ended_ || broken_; });
  if (requests_.empty() || broken_) {
    return std::nullopt;
  }
  auto request = std::move(requests_.front());
  requests_.pop_front();
  running_ = request.id;
  cancelled_ = request.cancelled || gone_;
  return request;
}

void protocol_channel::finish() {
  std::lock_guard lock(mutex_);
  running_ = nullptr;
  cancelled_ = false;
}

void protocol_channel::reply(const json& id, json result) {
  const auto line = dump_json(json{{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}}) + '\n';
  if (line.size() > limits::protocol_line_bytes_max) {
    reply_error(id, rpc_planner_failed, "the answer is longer than protocol_line_bytes_max");
  } else {
    send_line(line);
  }
}

void protocol_channel::reply_error(const json& id, int code, std::string_view message) {
  send({{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}});
}

void protocol_channel::notify(std::string_view method, json params) {
  send({{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}});
}

void protocol_channel::send(const json& message) {
  send_line(dump_json(message) + '\n');
}

void protocol_channel::send_line(const std::string& line) {
  std::lock_guard lock(write_mutex_);
  std::size_t sent = 0;
  while (sent < line.size() && !broken_) {
    auto count = ::write(output_fd_, line.data() + sent, line.size() - sent);
    if (count < 0 && errno != EINTR) {
      broken_ = true;
      cancelled_ = true;
      arrived_.notify_all();
    }
    sent += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
}

void protocol_channel::read_lines() {
  line_reader lines(limits::protocol_line_bytes_max);
  std::vector<char> buffer(65536);
  std::vector<std::string> whole;
  bool going = true;
  while (going && wait_for_input()) {
    auto count = ::read(input_fd_, buffer.data(), buffer.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    going = count > 0;
    whole.clear();
    bool within = count <= 0 || lines.feed({buffer.data(), static_cast<std::size_t>(count)}, whole);
    for (const auto& line : whole) {
      going = going && take_line(line) && !broken_;
    }
    if (!within) {
      reply_error(nullptr, rpc_invalid_request, "a line is longer than protocol_line_bytes_max");
      broken_ = true;
      going = false;
    }
  }
  end_of_input();
}

// False once the channel is being closed.
bool protocol_channel::wait_for_input() const {
  std::array<pollfd, 2> descriptors{pollfd{input_fd_, POLLIN, 0}, pollfd{wake_fd_, POLLIN, 0}};
  while (::poll(descriptors.data(), descriptors.size(), -1) < 0) {
    if (errno != EINTR) {
      return false;
    }
  }
  return descriptors[1].revents == 0;
}

// False after `shutdown`: nothing is read behind it.
bool protocol_channel::take_line(const std::string& line) {
  auto parsed = parse_json(line, line_bounds, failure_code::protocol_error, "line");
  if (!parsed) {
    reply_error(nullptr, rpc_parse_error, parsed.error->message);
    return true;
  }
  const auto& message = *parsed;
  auto id = message.is_object() && message.contains("id") ? message["id"] : json();
  bool named = message.is_object() && message.contains("method") && message["method"].is_string();
  bool versioned = message.is_object() && message.value("jsonrpc", json()) == "2.0";
  auto params = message.is_object() && message.contains("params") ? message["params"] : json::object();
  if (!named || !versioned || !params.is_object() || (message.contains("id") && !is_id(id))) {
    reply_error(is_id(id) ? id : json(), rpc_invalid_request,
                "not a JSON-RPC 2.0 request: jsonrpc \"2.0\", method as text, params an object, id text or number");
    return true;
  }
  auto method = message["method"].get<std::string>();
  if (method == "$/cancel") {
    take_cancel(params.value("id", json()));
  } else if (message.contains("id")) {
    queue({std::move(id), method, std::move(params), false});
    return method != "shutdown";
  }
  return true;  // other notifications ask for nothing
}

void protocol_channel::take_cancel(const json& id) {
  std::lock_guard lock(mutex_);
  if (!running_.is_null() && running_ == id) {
    cancelled_ = true;
  }
  for (auto& request : requests_) {
    request.cancelled = request.cancelled || request.id == id;
  }
}

void protocol_channel::queue(rpc_request request) {
  std::unique_lock lock(mutex_);
  if (requests_.size() >= limits::instance_queue_max) {
    lock.unlock();
    reply_error(request.id, rpc_overloaded, "instance_queue_max requests wait already");
    return;
  }
  requests_.push_back(std::move(request));
  arrived_.notify_all();
}

void protocol_channel::end_of_input() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    arrived_.notify_all();
  }
  // What was asked for before is still answered, unless nobody is left to read it.
  std::array<pollfd, 2> descriptors{pollfd{output_fd_, 0, 0}, pollfd{wake_fd_, POLLIN, 0}};
  while (::poll(descriptors.data(), descriptors.size(), -1) < 0 && errno == EINTR) {
  }
  if ((descriptors[0].revents & (POLLERR | POLLHUP)) != 0) {
    std::lock_guard lock(mutex_);
    gone_ = true;
    cancelled_ = true;
  }
}

}  // namespace planguild
