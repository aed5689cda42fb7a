// Secrets of builtin planners, whose exceptions run through the host's own process: on no surface of a runtime, its
// queue, its server, its log or its decision record. Real actor system.
#include <fcntl.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "app/host/decision_log.hpp"
#include "app/host/system/log.hpp"
#include "messages/json.hpp"
#include "tests/app/rpc/rpc_test_support.hpp"

using namespace planguild;        // NOLINT(google-build-using-namespace)
using namespace planguild::test;  // NOLINT(google-build-using-namespace)

namespace {

const std::string secret = "ghp_ExceptionSecret0123ABCDEFGHIJ4567";
const std::string leak = "cannot log in with " + secret + " and password=hunter2hunter2";

/// Where it throws.
enum class thrown_by { construction, self_test, planning };

class throwing_planner final : public builtin_planner {
 public:
  explicit throwing_planner(thrown_by where) : where_(where) {
    if (where == thrown_by::construction) throw std::runtime_error(leak);
  }
  bool self_test() override {
    if (where_ == thrown_by::self_test) throw std::runtime_error(leak);
    return true;
  }
  outcome<plan> generate_plan(const builtin_request& request) override {
    request.progress(0.5, leak);
    if (request.objective == "throw") throw std::runtime_error(leak);
    if (request.objective == "fail") return failure{failure_code::planner_error, leak, {}, leak};
    plan made;
    made.tasks.emplace_back().id = "one";
    made.tasks[0].title = leak;
    return made;
  }

 private:
  thrown_by where_;
};

builtin_registration registration(const std::string& name, thrown_by where) {
  builtin_registration builtin;
  builtin.manifest.name = name;
  builtin.manifest.version = "1.0.0";
  builtin.manifest.production_ready = true;
  builtin.manifest.self_test = true;
  builtin.make = [where] { return std::make_unique<throwing_planner>(where); };
  return builtin;
}

std::string text_of(const std::string& file) {
  std::ifstream stream{file, std::ios::binary};
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void check_clean(const std::string& surface, const std::string& text) {
  INFO(surface << ":\n" << text);
  CHECK_FALSE(text.empty());
  CHECK(text.find("ExceptionSecret") == std::string::npos);
  CHECK(text.find("hunter2") == std::string::npos);
}

template <class T>
std::string shown(const outcome<T>& answer) {
  return answer ? dump_json(to_json(*answer)) : dump_json(to_json(*answer.error));
}

/// A runtime of such planners whose log and decisions go to files.
struct leaky_guild {
  leaky_guild() {
    prepare(configuration);
    system = std::make_unique<caf::actor_system>(configuration);
    outside.builtins = {registration("bad_construction", thrown_by::construction),
                        registration("bad_self_test", thrown_by::self_test),
                        registration("good_until_asked", thrown_by::planning)};
    outside.least_level = log_level::debug;
    outside.log_descriptor = log.get();
    runtime_options options;
    options.outside = make_system_environment(outside).outside;
    options.outside.decisions = make_decision_log(folder.file("decisions"), options.outside.log);
    options.builtins = outside.builtins;
    guild = std::make_unique<runtime>(*system, std::move(options));
    (void)guild->health({1, true, 20'000});
  }

  scratch_folder folder;
  descriptor log{::open(folder.file("log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  caf::actor_system_config configuration;
  system_options outside;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<runtime> guild;
};

plan_request plan_of(const std::string& objective) {
  plan_request request;
  request.planner = "good_until_asked";
  request.request.objective = objective;
  return request;
}

}  // namespace

TEST_CASE("What a builtin planner throws or says is on no surface with its secrets") {
  leaky_guild leaky;
  auto& guild = *leaky.guild;
  select_request chosen;
  chosen.objective = leak;
  check_clean("select", shown(guild.select(chosen)));
  const auto thrown = guild.plan(plan_of("throw"));
  REQUIRE_FALSE(thrown);
  CHECK(thrown.error->code == failure_code::planner_error);
  check_clean("what it threw", shown(thrown));
  check_clean("what it failed with", shown(guild.plan(plan_of("fail"))));
  const auto planned = guild.plan(plan_of(leak));
  REQUIRE(planned);
  CHECK(planned->plan.tasks[0].title == "cannot log in with *** and password=***");
  check_clean("the plan", shown(planned));
  for (const auto* name : {"bad_construction", "bad_self_test", "good_until_asked"}) {
    check_clean(name, shown(guild.describe({name})));
  }
  check_clean("acquire", guild.acquire({"bad_construction", 5'000, 0, {}}).error->message);
  check_clean("probe", shown(guild.probe({"bad_self_test"})));
  check_clean("diagnostics", shown(guild.diagnostics({true})));
  check_clean("profiles", shown(guild.profiles({})));
  check_clean("list", shown(guild.list({})));
  (void)guild.stop(5'000);
  leaky.guild.reset();
  check_clean("the log", text_of(leaky.folder.file("log")));
  check_clean("the decisions", text_of(leaky.folder.file("decisions")));
}

TEST_CASE("What a builtin planner throws or says is in no reply or event of the server with its secrets") {
  leaky_guild leaky;
  rpc_server server{*leaky.guild};
  auto socket = listening_socket::open(leaky.folder.file("socket"));
  REQUIRE(socket);
  server.serve(std::move(*socket));
  std::thread serving{[&server] { (void)server.run(); }};
  std::string said;
  {
    raw_client client{leaky.folder.file("socket")};
    int number = 0;
    const auto ask = [&](const std::string& method, const std::string& params) {
      const auto id = ++number;
      (void)client.send(raw_client::request(std::to_string(id), method, params));
      while (const auto line = client.next()) {
        said += line->dump() + "\n";
        if (line->value("id", 0) == id) return;
      }
    };
    ask("subscribe", "{}");
    for (const auto& objective : {std::string{"throw"}, std::string{"fail"}, leak}) {
      ask("plan", R"({"planner":"good_until_asked","request":{"objective":")" + objective + "\"}}");
    }
    ask("probe", R"({"name":"bad_self_test"})");
    ask("probe", R"({"name":"bad_construction"})");
    ask("diagnostics", R"({"verbose":true})");
    ask(secret, "{}");
  }
  server.stop();
  serving.join();
  CHECK(said.find(R"("method":"event")") != std::string::npos);
  check_clean("rpc", said);
}
