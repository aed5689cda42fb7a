// The outside world of actor tests: see the header.
#include "tests/support/test_environment.hpp"

namespace planguild::test {

namespace {

class test_clock final : public clock_source {
 public:
  explicit test_clock(test_system& world) : world_(world) {}
  std::int64_t monotonic_ms() const override { return world_.now_ms(); }
  std::int64_t monotonic_ns() const override { return world_.now_ms() * 1'000'000; }
  std::int64_t wall_ms() const override { return 1'700'000'000'000 + world_.now_ms(); }

 private:
  test_system& world_;
};

/// The middle of the range first (no jitter), then numbers that differ.
class counted_random final : public random_source {
 public:
  std::uint64_t next() override { return (std::uint64_t{1} << 63) + counter_++; }

 private:
  std::uint64_t counter_ = 0;
};

}  // namespace

void memory_log::log(log_level level, std::string_view component, std::string_view message,
                     const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string line = std::string{component} + ": " + std::string{message};
  for (const auto& [key, value] : fields) {
    line += " " + key + "=" + value;
  }
  lines_.emplace_back(level, std::move(line));
}

std::size_t memory_log::count(log_level level, std::string_view text) const {
  std::size_t found = 0;
  for (const auto& [line_level, line] : lines_) {
    found += line_level >= level && line.find(text) != std::string::npos ? 1 : 0;
  }
  return found;
}

void memory_store::load(std::function<void(outcome<store_contents>)> done) {
  done(contents);
}

void memory_store::save(store_update update) {
  updates.push_back(std::move(update));
}

test_environment::test_environment(test_system& world)
    : files(std::make_shared<memory_files>()),
      processes(std::make_shared<scripted_processes>(world)),
      log(std::make_shared<memory_log>()),
      store(std::make_shared<memory_store>()) {
  outside.clock = std::make_shared<test_clock>(world);
  outside.random = std::make_shared<counted_random>();
  outside.files = files;
  outside.processes = processes;
  outside.log = log;
  outside.store = store;
  files->put_directory(root);
}

found_planner test_environment::add_planner(const std::string& name, const std::string& manifest_extra) {
  files->put(root + "/" + name + ".planner.json",
             R"({"name":")" + name + R"(","version":"1.0.0","capabilities":["structural"],"self_test":true,)" +
                 manifest_extra + R"("entry":{"kind":"command","argv":["./)" + name + R"("]}})");
  files->put(root + "/" + name, "#!program of " + name, 0755);
  return make_planner(name);
}

found_planner make_planner(const std::string& name, bool self_test) {
  found_planner planner;
  planner.manifest.name = name;
  planner.manifest.version = "1.0.0";
  planner.manifest.capabilities = {"structural"};
  planner.manifest.self_test = self_test;
  planner.manifest.entry = {entry_kind::command, {"./" + name}, {}, {name}};
  planner.path = "/planners/" + name + ".planner.json";
  planner.directory = "/planners";
  planner.digest = "digest-of-" + name;
  return planner;
}

}  // namespace planguild::test
