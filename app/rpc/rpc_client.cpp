// A blocking client of an rpc server: see the header.
#include "app/rpc/rpc_client.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/rpc/line_splitter.hpp"
#include "app/rpc/rpc_limits.hpp"
#include "app/rpc/unix_socket.hpp"

namespace planguild {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::int64_t greeting_ms = 5'000;

}  // namespace

struct rpc_client::parts {
  descriptor socket;
  std::string path;
  line_splitter lines{rpc_limits::reply_bytes_max};
  std::deque<std::optional<std::string>> arrived;  // none: a line that was too long
  std::uint64_t next_id = 1;
  std::optional<failure> ended;  // why nothing can be asked any more
  std::atomic<bool> is_shut_down{false};

  failure end(failure_code code, const std::string& what);
  failure gone() { return end(failure_code::stopping, "The runtime at " + path + " is gone."); }
  std::optional<failure> wait_for(short events, clock::time_point deadline);
  std::optional<failure> write(std::string_view line, clock::time_point deadline);
  outcome<std::string> next_line(clock::time_point deadline);
};

/// The path was typed by the operator, so it stays in the message.
failure rpc_client::parts::end(failure_code code, const std::string& what) {
  if (is_shut_down) {
    ended = failure{failure_code::cancelled, "The connection was ended.", {}, {}};
  } else {
    ended = failure{code, what, {}, path};
  }
  return *ended;
}

/// Waits until the socket is ready, gone (which the next call on it tells), or the time is over.
std::optional<failure> rpc_client::parts::wait_for(short events, clock::time_point deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) {
      return end(failure_code::deadline_exceeded, "The runtime at " + path + " did not answer in time.");
    }
    pollfd watched{socket.get(), events, 0};
    const int count = ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 3'600'000)));
    if (count > 0) return std::nullopt;
    if (count < 0 && errno != EINTR) return gone();
  }
}

std::optional<failure> rpc_client::parts::write(std::string_view line, clock::time_point deadline) {
  while (!line.empty()) {
    const auto count = ::send(socket.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) {
      line.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (auto problem = wait_for(POLLOUT, deadline)) return problem;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return std::nullopt;  // what it said before, such as a refusal, is still to be read
    } else if (errno != EINTR) {
      return gone();
    }
  }
  return std::nullopt;
}

outcome<std::string> rpc_client::parts::next_line(clock::time_point deadline) {
  std::array<char, 65'536> chunk{};
  while (arrived.empty()) {
    if (auto problem = wait_for(POLLIN, deadline)) return *problem;
    const auto count = ::recv(socket.get(), chunk.data(), chunk.size(), MSG_DONTWAIT);
    if (count > 0) {
      lines.feed({chunk.data(), static_cast<std::size_t>(count)}, [this](std::optional<std::string_view> line) {
        arrived.push_back(line ? std::optional<std::string>{*line} : std::nullopt);
      });
    } else if (count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
      return gone();
    }
  }
  auto line = std::move(arrived.front());
  arrived.pop_front();
  if (!line) {
    return end(failure_code::limit_exceeded, "An answer of the runtime at " + path + " has more than " +
                                                 std::to_string(rpc_limits::reply_bytes_max) + " bytes.");
  }
  return std::move(*line);
}

void rpc_client::parts_deleter::operator()(parts* given) const noexcept {
  delete given;  // NOLINT(cppcoreguidelines-owning-memory): what a deleter is for
}

rpc_client::rpc_client(std::unique_ptr<parts, parts_deleter> made) : parts_(std::move(made)) {}

outcome<rpc_client> rpc_client::connect(const std::string& path, std::string_view program_version) {
  auto socket = connect_to(path);
  if (!socket) return *socket.error;
  std::unique_ptr<parts, parts_deleter> made{new parts};
  made->socket = std::move(*socket);
  made->path = path;
  rpc_client client{std::move(made)};
  const auto answer = client.call("version", "{}", greeting_ms);
  if (!answer) return *answer.error;
  const auto version = answer->is_object() ? answer->value("version", nlohmann::json{}) : nlohmann::json{};
  if (!version.is_string()) {
    return failure{failure_code::protocol_error, "What listens at " + path + " is no planguild.", {}, path};
  }
  if (const auto& theirs = version.get_ref<const std::string&>(); theirs != program_version) {
    return failure{failure_code::invalid_request,
                   "The runtime at " + path + " is planguild " + theirs.substr(0, 40) + ", this is " +
                       std::string{program_version} + "; use the same version.",
                   {},
                   path};
  }
  return client;
}

outcome<nlohmann::json> rpc_client::call(std::string_view method, std::string_view params, std::int64_t wait_ms) {
  auto& self = *parts_;
  if (self.ended) return *self.ended;
  const auto id = self.next_id++;
  const auto line = rpc_request_line(id, method, params);
  if (line.size() - 1 > rpc_limits::line_bytes_max) {
    return failure{failure_code::limit_exceeded,
                   "The request has " + std::to_string(line.size()) + " bytes; a running runtime reads at most " +
                       std::to_string(rpc_limits::line_bytes_max) + ".",
                   {},
                   {}};
  }
  const auto deadline = clock::now() + std::chrono::milliseconds{wait_ms};
  if (auto problem = self.write(line, deadline)) return *problem;
  while (true) {
    const auto answer_line = self.next_line(deadline);
    if (!answer_line) return *answer_line.error;
    auto answer = read_rpc_reply(*answer_line);
    if (!answer) {
      self.ended = *answer.error;
      return *answer.error;
    }
    // Notifications are not asked for, and an earlier request's answer has nobody to take it.
    if (!answer->has_value() || (*answer)->id != id) continue;
    return std::move((*answer)->result);
  }
}

void rpc_client::shut_down() noexcept {
  parts_->is_shut_down = true;
  (void)::shutdown(parts_->socket.get(), SHUT_RDWR);
}

}  // namespace planguild
