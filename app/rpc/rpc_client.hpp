// A blocking client of an rpc server: one connection, one request at a time. One thread, except `shut_down`.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "app/host/system/descriptor.hpp"
#include "app/rpc/json_rpc.hpp"
#include "messages/failure.hpp"

namespace planguild {

class rpc_client {
 public:
  /// Connects and asks for the server's version, which must be `program_version`. Fails with `invalid_request`: nobody
  /// listens there, or another version does; `protocol_error`: no planguild; `not_allowed`, `overloaded`: what it says.
  static outcome<rpc_client> connect(const std::string& path, std::string_view program_version);

  rpc_client(rpc_client&&) noexcept = default;
  rpc_client& operator=(rpc_client&&) = delete;
  ~rpc_client() = default;

  /// Sends one request and waits for its result at most `wait_ms`. `params` is JSON text. Fails with the server's
  /// failure, `limit_exceeded` (the request is longer than the server reads), `deadline_exceeded`, `stopping` (the
  /// server is gone), `cancelled` (shut_down), `protocol_error`. After the last four nothing can be asked any more.
  outcome<nlohmann::json> call(std::string_view method, std::string_view params, std::int64_t wait_ms);

  /// Ends the connection: a call under way, and every later one, fails with `cancelled`; the server gives up what it
  /// runs for this client. Any thread, any number of times.
  void shut_down() noexcept;

 private:
  struct parts;
  struct parts_deleter {
    void operator()(parts* given) const noexcept;
  };
  explicit rpc_client(std::unique_ptr<parts, parts_deleter> made);

  std::unique_ptr<parts, parts_deleter> parts_;
};

}  // namespace planguild
