// A world of lifecycle.json as this project knows it: see the header.
#include "tests/conformance/support/lifecycle_world.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "messages/text.hpp"

namespace planguild::conformance {
namespace {

using nlohmann::json;

constexpr auto always_manual = "app.overmind.planning.llm_planner";
constexpr auto manual_folder = "/modules/";

std::string last_part(const std::string& dotted) {
  return dotted.substr(dotted.rfind('.') + 1);
}

std::string only_manifest(const std::string& dotted) {
  return manual_folder + dotted + "/" + text::normalised(last_part(dotted)) + ".planner.json";
}

bool names_a_planner(const json& planner) {
  return planner.contains("name") && planner["name"].is_string();
}

}  // namespace

lifecycle_world::lifecycle_world(const json& one) : root_(one["world"]["root"].get<std::string>()) {
  manual_.insert(always_manual);
  configure(one["env"]);
  std::vector<std::string> paths;
  for (const auto& module : one["world"]["modules"]) add_module(module);
  for (const auto& dotted : manual_) {
    const auto found = std::find_if(modules_.begin(), modules_.end(),
                                    [&](const auto& entry) { return root_ + "." + entry.first == dotted; });
    if (found == modules_.end()) {
      paths.push_back(only_manifest(dotted));
    } else {
      paths.insert(paths.end(), found->second.manifests.begin(), found->second.manifests.end());
    }
  }
  guild_.configuration.manual_planners = std::move(paths);
  guild_.env.files->before_read = [this](const std::string& path) { on_read(path); };
  guild_.spawn(false);
}

/// The case's environment, without the list of manual modules, which are dotted names there.
void lifecycle_world::configure(const json& environment) {
  std::vector<config_setting> settings;
  for (const auto& [variable, value] : environment.items()) {
    if (variable == "OVERMIND_PLANNER_MANUAL") {
      for (const auto& dotted : text::split_list(value.get<std::string>())) manual_.insert(dotted);
    } else {
      settings.push_back({variable, value.get<std::string>(), "environment"});
    }
  }
  const auto loaded = load_config(settings);
  for (const auto& problem : loaded.problems) FAIL(problem.variable << ": " << problem.text);
  const auto roots = guild_.configuration.planner_path;
  guild_.configuration = loaded.value;
  guild_.configuration.planner_path = roots;
}

void lifecycle_world::add_module(const json& module) {
  const auto name = module["module"].get<std::string>();
  auto& facts = modules_[name];
  facts = {};
  facts.manual = manual_.contains(root_ + "." + name);
  const auto folder = facts.manual ? manual_folder + root_ + "." + name : guild_.env.root;
  for (const auto& planner : module.value("registers", json::array())) {
    if (names_a_planner(planner)) write_planner(planner, folder, facts);
  }
  const auto import = module.value("import", json("ok"));
  facts.failures_left = import == "ok" ? 0 : module.value("fail_times", -1);
  apply_import(name);
}

void lifecycle_world::write_planner(const json& planner, const std::string& folder, module_facts& facts) {
  const auto name = text::normalised(planner["name"].get<std::string>());
  json manifest = {{"name", name},
                   {"version", "1.0.0"},
                   {"self_test", !planner.contains("self_test") || !planner["self_test"].is_null()},
                   {"entry", {{"kind", "command"}, {"argv", {"./" + name}}}}};
  for (const auto* key : {"capabilities", "tags", "tier", "production_ready"}) {
    if (planner.contains(key) && !planner[key].is_null()) manifest[key] = planner[key];
  }
  if (!manifest.contains("capabilities")) manifest["capabilities"] = json::array();
  if (planner.contains("doc") && planner["doc"].is_string()) manifest["description"] = planner["doc"];
  facts.manifests.push_back(folder + "/" + name + ".planner.json");
  facts.planners.push_back(name);
  guild_.env.files->put(folder + "/" + name, "#!program of " + name, 0755);
  guild_.env.files->put(facts.manifests.back(), manifest.dump());
  script_planner(planner, name);
}

void lifecycle_world::script_planner(const json& planner, const std::string& name) {
  if (planner.contains("constructor_fails") && planner["constructor_fails"] != false) {
    const auto& fails = planner["constructor_fails"];
    failing_constructions_[name] = fails.is_object() ? fails.value("times", -1) : -1;
  }
  auto& script = guild_.env.processes->script(name);
  script.capabilities = text::capability_set(planner.value("capabilities", std::vector<std::string>{}));
  script.on_start = [this, name](test::scripted_process& process) {
    if (broken_programs_.contains(name)) process.exit(1, "it cannot be loaded");
  };
  const bool passes = planner.value("self_test", json("pass")) != "fail";
  script.on_request = [this, name, passes](test::scripted_process& process, const json& request) {
    if (request["method"] == "self_test" && !passes) {
      process.reply(request, {{"passed", false}});
      return true;
    }
    const auto failing = failing_constructions_.find(name);
    if (request["method"] == "initialize" && constructing_ && failing != failing_constructions_.end() &&
        failing->second != 0) {
      failing->second -= failing->second > 0 ? 1 : 0;
      process.reply_error(request, "the constructor fails");
      return true;
    }
    return false;
  };
}

void lifecycle_world::remove_module(const std::string& name) {
  for (const auto& path : modules_[name].manifests) guild_.env.files->remove(path);
  modules_.erase(name);
}

void lifecycle_world::touch_module(const std::string& name) {
  for (const auto& path : modules_[name].manifests) guild_.env.files->touch(path);
}

void lifecycle_world::set_module_import(const std::string& name, const json& import) {
  modules_[name].failures_left = import == "ok" ? 0 : -1;
  apply_import(name);
}

/// A module that is imported at discovery fails there: it cannot be read. One that is loaded when it is wanted fails
/// when its program starts.
void lifecycle_world::apply_import(const std::string& name) {
  const auto& facts = modules_[name];
  const bool fails = facts.failures_left != 0;
  if (facts.planners.empty() && facts.manual) {
    // Nothing that could be found; failing is a file below the root that can be no manifest, whatever is allowed.
    const auto path = guild_.env.root + "/NO PLANNER " + name + ".planner.json";
    guild_.env.files->remove(path);
    if (fails) guild_.env.files->put(path, "{}");
    return;
  }
  for (const auto& path : facts.manifests) {
    if (facts.manual) guild_.env.files->set_unreadable(path, fails);
  }
  for (const auto& planner : facts.planners) {
    if (fails && !facts.manual) {
      broken_programs_.insert(planner);
    } else {
      broken_programs_.erase(planner);
    }
  }
}

void lifecycle_world::on_read(const std::string& path) {
  for (auto& [name, facts] : modules_) {
    if (!facts.manual || facts.manifests.empty() || facts.manifests.front() != path) continue;
    const bool fails = facts.failures_left != 0;
    for (const auto& each : facts.manifests) guild_.env.files->set_unreadable(each, fails);
    facts.failures_left -= facts.failures_left > 0 ? 1 : 0;
  }
}

std::string lifecycle_world::module_of(const std::string& path) {
  return path.starts_with(manual_folder) ? path.substr(0, path.rfind('/')) : path;
}

}  // namespace planguild::conformance
