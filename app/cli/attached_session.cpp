// A running runtime as a session: see the header.
#include "app/cli/attached_session.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "app/rpc/operation_wait.hpp"
#include "app/rpc/rpc_client.hpp"
#include "messages/json.hpp"

namespace planguild::cli {
namespace {

class attached_session final : public session {
 public:
  explicit attached_session(rpc_client client) : client_(std::move(client)) {}

  outcome<config> configuration() override {
    auto load = running_configuration(*this);
    if (!load) return *load.error;
    return std::move(load->value);
  }
  bool is_attached() const noexcept override { return true; }
  void cancel() override { client_.shut_down(); }
  std::optional<stop_report> stop() override {
    client_.shut_down();
    return std::nullopt;
  }

 private:
  template <class Request>
  outcome<reply_of<Request>> call(const Request& request) {
    const auto result = client_.call(operation_traits<Request>::method, dump_json(to_json(request)),
                                     wait_ms_of(request, rpc_limits::client_margin_ms));
    if (!result) return *result.error;
    auto reply = from_json<reply_of<Request>>(*result, "result");
    if (!reply) {
      return failure{failure_code::protocol_error,
                     "The runtime's answer is not understood: " + reply.error->message,
                     {},
                     reply.error->where};
    }
    return reply;
  }

#define PLANGUILD_PERFORM(method, request, reply) \
  outcome<reply> perform(const request& message) override { return call(message); }
  PLANGUILD_OPERATIONS(PLANGUILD_PERFORM)
#undef PLANGUILD_PERFORM

  rpc_client client_;
};

}  // namespace

outcome<std::unique_ptr<session>> attach_session(const std::string& path) {
  auto client = rpc_client::connect(path, program_version());
  if (!client) return *client.error;
  // What is shown here is for the one who typed the command, as with a runtime of its own.
  const auto told = client->call("show_paths", "{}", rpc_limits::control_ms);
  if (!told) return *told.error;
  return std::unique_ptr<session>{std::make_unique<attached_session>(std::move(*client))};
}

outcome<config_load> running_configuration(session& guild) {
  const auto report = guild.ask(diagnostics_request{});
  if (!report) return *report.error;
  std::vector<config_setting> settings;
  settings.reserve(report->configuration.size());
  for (const auto& each : report->configuration) settings.push_back({each.variable, each.text, "running runtime"});
  return load_config(settings);
}

}  // namespace planguild::cli
