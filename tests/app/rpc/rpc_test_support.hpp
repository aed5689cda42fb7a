// A server on a thread of its own and clients that speak raw bytes to it. Test support; each client on one thread.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>

#include "app/rpc/line_splitter.hpp"
#include "app/rpc/rpc_server.hpp"
#include "tests/app/host/builtin_guild.hpp"

namespace planguild::test {

class scratch_folder {
 public:
  scratch_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "planguild-rpc-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Speaks to a server; waits at most 30 s for what it expects. Makes no assertions, so that any thread may use it.
class raw_client {
 public:
  explicit raw_client(descriptor socket) : socket_(std::move(socket)) {}
  explicit raw_client(const std::string& path) {
    if (auto connected = connect_to(path)) socket_ = std::move(*connected);
  }

  /// False: the server has closed the connection, or has read nothing for 30 s.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      pollfd watched{socket_.get(), POLLOUT, 0};
      if (::poll(&watched, 1, 30'000) <= 0) return false;
      const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return false;
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  /// The next line as JSON; none: the server has closed the connection, or is silent for 30 s.
  std::optional<nlohmann::json> next() {
    std::array<char, 65'536> chunk{};
    while (lines_.empty()) {
      pollfd watched{socket_.get(), POLLIN, 0};
      if (::poll(&watched, 1, 30'000) <= 0) return std::nullopt;
      const auto count = ::recv(socket_.get(), chunk.data(), chunk.size(), 0);
      if (count <= 0) return std::nullopt;
      reader_.feed({chunk.data(), static_cast<std::size_t>(count)},
                   [this](std::optional<std::string_view> line) { lines_.emplace_back(line.value_or("TOO LONG")); });
    }
    const auto line = std::move(lines_.front());
    lines_.pop_front();
    return nlohmann::json::accept(line) ? nlohmann::json::parse(line) : nlohmann::json{{"no_json", line}};
  }

  /// The next line, which must be there, or an empty object.
  nlohmann::json expect() { return next().value_or(nlohmann::json::object()); }

  /// Sends one request and returns the next line.
  nlohmann::json ask(const std::string& id, const std::string& method, const std::string& params = "{}") {
    (void)send(request(id, method, params));
    return expect();
  }

  static std::string request(const std::string& id, const std::string& method, const std::string& params = "{}") {
    return R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":")" + method + R"(","params":)" + params + "}\n";
  }

  void end_input() { (void)::shutdown(socket_.get(), SHUT_WR); }
  void close() { socket_.reset(); }
  int fd() const noexcept { return socket_.get(); }

 private:
  descriptor socket_;
  line_splitter reader_{std::size_t{64} * 1'024 * 1'024};
  std::deque<std::string> lines_;
};

/// A guild of builtin planners whose server listens in a temporary folder.
class served_guild {
 public:
  explicit served_guild(rpc_server_bounds bounds = {}, const std::vector<std::string>& planners = {"one_planner"})
      : guild_(planners), server_(guild_.runtime(), bounds) {
    auto socket = listening_socket::open(path());
    if (!socket) throw std::runtime_error(socket.error->message);
    server_.serve(std::move(*socket));
    thread_ = std::thread{[this] { ended_well_ = server_.run(); }};
  }
  ~served_guild() { (void)stop(); }
  served_guild(const served_guild&) = delete;
  served_guild& operator=(const served_guild&) = delete;

  std::string path() const { return folder_.file("socket"); }
  builtin_guild& guild() noexcept { return guild_; }
  raw_client client() const { return raw_client{path()}; }

  rpc_server_load load() const noexcept { return server_.load(); }
  void ask_to_stop() { server_.stop(); }
  bool stop() {
    server_.stop();
    if (thread_.joinable()) thread_.join();
    return ended_well_;
  }

 private:
  scratch_folder folder_;
  builtin_guild guild_;
  rpc_server server_;
  bool ended_well_ = false;
  std::thread thread_;
};

/// The parameters of a plan with this objective.
inline std::string plan_for(const std::string& objective) {
  return R"({"request":{"objective":")" + objective + R"("}})";
}

}  // namespace planguild::test
