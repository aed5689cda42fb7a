// All layers together: nothing that is not granted can be done, everything that is granted can.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "app/worker/layers.hpp"
#include "grounds.hpp"
#include "machine.hpp"
#include "posture.hpp"
#include "victim_process.hpp"
#include "worker_run.hpp"

namespace planguild::test {
TEST_CASE("Under all layers no attack has an effect") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    const std::vector<std::string> layers = all_layers(user);
    if (!contains(layers, "landlock") && !contains(layers, "mount_namespace")) continue;  // said above
    grounds::get().reset(user);
    const victim_process victim(user);
    const std::vector<std::string> attacks{"read=" + ground.secret(),
                                           "list=" + ground.outside(),
                                           "write=" + ground.victim(),
                                           "truncate=" + ground.victim(),
                                           "chmod=" + ground.victim(),
                                           "create=" + ground.outside() + "/new",
                                           "make_folder=" + ground.scratch() + "/folder",
                                           "remove=" + ground.removable(),
                                           "mount=" + ground.repository(),
                                           "tcp=" + ground.tcp_port(),
                                           "multipath_tcp=" + ground.tcp_port(),
                                           "udp=" + ground.udp_port(),
                                           "unix=" + ground.unix_socket(),
                                           "abstract=" + ground.abstract_socket(),
                                           "signal=" + victim.pid(),
                                           "trace=" + victim.pid(),
                                           "read_memory=" + victim.secret_place(),
                                           "become_root",
                                           "writable_code"};
    const auto found = outcomes(request_for(user, layers), attacks);
    for (const auto& [attack, outcome] : found) {
      INFO("user " << user << ", " << attack);
      CHECK(outcome.rfind("ok", 0) != 0);
    }
    CHECK(std::filesystem::file_size(ground.victim()) == 10);
  }
}

TEST_CASE("Under all layers what is granted can be read, run and written") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    grounds::get().reset(user);
    worker_request request = request_for(user, all_layers(user));
    request.options.insert(request.options.end(), {"--write", ground.scratch(), "--writes-files", "--read", "/nowhere",
                                                   "--write", "/etc/passwd/nowhere"});
    const auto found =
        outcomes(request, {"read=" + ground.readable(), "list=" + ground.repository(), "write=" + ground.writable(),
                           "truncate=" + ground.writable(), "create=" + ground.scratch() + "/new",
                           "make_folder=" + ground.scratch() + "/folder", "move=" + ground.scratch() + "/new",
                           "remove=" + ground.removable(), "working_directory", "user"});
    INFO("user " << user);
    const std::string number = std::to_string(user == 0 ? private_user : user);
    CHECK(found.at("read") == "ok");
    CHECK(found.at("list") == "ok file");
    CHECK(found.at("write") == "ok");
    CHECK(found.at("truncate") == "ok");
    CHECK(found.at("create") == "ok");
    CHECK(found.at("make_folder") == "ok");
    CHECK(found.at("move") == "ok");
    CHECK(found.at("remove") == "ok");
    CHECK(found.at("working_directory") == "ok " + ground.repository());
    CHECK(found.at("user") == std::string("ok ").append(number).append(":").append(number));
    CHECK(std::filesystem::exists(ground.scratch() + "/new.moved"));
    CHECK_FALSE(std::filesystem::exists(ground.removable()));
  }
}

TEST_CASE("A folder granted for writing inside one granted for reading can be written to, and links lead nowhere") {
  const grounds& ground = grounds::get();
  const std::string output = ground.repository() + "/output";
  const std::string way_in = ground.scratch() + "/other_way_in";
  for (const uid_t user : users()) {
    for (const std::string layer : {"landlock", "mount_namespace"}) {
      if (!machine_has(layer, user)) continue;
      INFO("user " << user << ", " << layer);
      grounds::get().reset(user);
      std::filesystem::create_directory(output);
      std::filesystem::permissions(output, std::filesystem::perms::all);
      std::filesystem::create_symlink(ground.secret(), ground.repository() + "/way_out");
      std::filesystem::create_symlink(ground.readable(), ground.repository() + "/way_round");
      std::filesystem::create_directory_symlink(ground.repository(), way_in);
      std::vector<std::string> layers{"no_new_privileges", layer};
      if (user != 0 && layer == "mount_namespace") layers.emplace_back("user_namespace");
      worker_request request = request_for(user, layers);
      const std::vector<std::string> attempts{"create=" + output + "/new", "create=" + ground.repository() + "/new",
                                              "read=" + ground.repository() + "/way_out",
                                              "read=" + ground.repository() + "/way_round", "read=" + way_in + "/file"};
      request.options.insert(request.options.end(), {"--write", output, "--read", way_in});
      const auto found = outcomes(request, attempts);
      CHECK(found.at(attempts[0]) == "ok");
      CHECK(found.at(attempts[1]) == (layer == "landlock" ? "EACCES" : "EROFS"));
      CHECK(found.at(attempts[2]) == (layer == "landlock" ? "EACCES" : "ENOENT"));
      CHECK(found.at(attempts[3]) == "ok");
      CHECK(found.at(attempts[4]) == "ok");
    }
  }
  grounds::get().reset(::geteuid());
}

TEST_CASE("A write grant does not let links, sockets or devices be made") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("landlock", user)) continue;
    grounds::get().reset(user);
    worker_request request = request_for(user, {"no_new_privileges", "landlock"});
    request.options = ground.write_grants();
    CHECK(outcomes(request, {"make_link=" + ground.scratch() + "/link"}).at("make_link") == "EACCES");
  }
}

TEST_CASE("The system's devices and interpreters work under all layers") {
  for (const uid_t user : users()) {
    const auto found =
        outcomes(request_for(user, all_layers(user)), {"write=/dev/null", "read=/dev/urandom", "death_signal"});
    CHECK(found.at("death_signal") == "ok 9");
    CHECK(found.at("write") == "ok");
    CHECK(found.at("read") == "ok");
    if (::access("/usr/bin/python3", X_OK) != 0) {
      say_skipped("/usr/bin/python3", user, "ENOENT");
      continue;
    }
    worker_request python = request_for(user, all_layers(user));
    python.program = {"/usr/bin/python3", "-c", "import json, hashlib, pathlib; print(json.dumps('started'))"};
    worker_run run(python);
    (void)run.statement();
    run.send("go\n");
    CHECK(run.read_line() == "\"started\"");
    CHECK(run.wait() == 0);
    CHECK(run.errors().empty());
  }
}

TEST_CASE("A granted port can be connected to, another cannot") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    std::vector<std::string> layers = all_layers(user, {"network_namespace"});
    if (!contains(layers, "landlock") || landlock_version() < 4) {
      say_skipped("Landlock for TCP", user, "version " + std::to_string(landlock_version()));
      continue;
    }
    worker_request request = request_for(user, layers);
    request.options.insert(request.options.end(), {"--tcp", ground.tcp_port()});
    CHECK(outcomes(request, {"tcp=" + ground.tcp_port()}).at("tcp") == "ok");
    CHECK(outcomes(request, {"tcp=" + ground.other_tcp_port()}).at("tcp") == "EACCES");
    CHECK(outcomes(request, {"bind_tcp"}).at("bind_tcp") == "EACCES");
  }
}

TEST_CASE("Each older Landlock stops what it can and is stated by its version") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    if (!machine_has("landlock", user)) continue;
    for (int version = 1; version <= landlock_version(); ++version) {
      INFO("user " << user << ", version " << version);
      grounds::get().reset(user);
      const victim_process victim(user);
      worker_request request = request_for(user, {"no_new_privileges", "landlock"});
      request.options = ground.write_grants();
      request.options.insert(request.options.end(), {"--landlock-abi-max", std::to_string(version)});
      std::map<std::string, layer_fact> statement;
      const auto found =
          outcomes(request,
                   {"read=" + ground.secret(), "write=" + ground.writable(), "truncate=" + ground.victim(),
                    "tcp=" + ground.tcp_port(), "abstract=" + ground.abstract_socket(), "signal=" + victim.pid(),
                    "create=" + ground.scratch() + "/new"},
                   &statement);
      CHECK(statement.at("landlock").state == "active");
      CHECK(statement.at("landlock").detail == "abi " + std::to_string(version));
      CHECK(found.at("read") == "EACCES");
      CHECK(found.at("write") == "ok");
      CHECK(found.at("create") == "ok");
      CHECK(found.at("truncate") == (version >= 3 ? "EACCES" : "ok"));
      CHECK(found.at("tcp") == (version >= 4 ? "EACCES" : "ok"));
      CHECK(found.at("abstract") == (version >= 6 ? "EPERM" : "ok"));
      CHECK(found.at("signal") == (version >= 6 ? "EPERM" : "ok"));
    }
  }
}

TEST_CASE("The limits are those that were given, and hold") {
  const grounds& ground = grounds::get();
  for (const uid_t user : users()) {
    std::vector<std::string> layers{"limits"};
    if (user == 0) layers.emplace_back("uid");
    if (user != 0 && machine_has("user_namespace", user)) layers.emplace_back("user_namespace");
    worker_request request = request_for(user, layers);
    // A user of its own here as well: what other tests leave to end may still count for theirs.
    request.options.insert(request.options.end(), {"--memory", "134217728", "--processes", "8", "--uid", "61185"});
    std::map<std::string, layer_fact> statement;
    const auto found = outcomes(request, {"limit=nofile", "memory=512", "count_processes", "descriptors"}, &statement);
    CHECK(found.at("limit") == "ok 256");
    CHECK(found.at("descriptors") == "ok 0,1,2");
    if (layers.size() > 1) {
      CHECK(found.at("count_processes") == "ok 7");  // and itself
      CHECK(statement.at("limits").detail.find("8 processes") != std::string::npos);
    } else {
      CHECK(statement.at("limits").detail.find("the user is not its own") != std::string::npos);
    }
    if (statement.at("limits").detail.find("sanitizers") == std::string::npos) {
      CHECK(found.at("memory") == "ENOMEM");
      CHECK(statement.at("limits").detail.rfind("memory 128 MiB", 0) == 0);
    }
    grounds::get().reset(user == 0 ? 61'185 : user);
    request.program = {ground.program(), "create=" + ground.scratch() + "/new"};
    worker_run run(request);
    (void)run.statement();
    run.send("go\n");
    const int status = run.wait();
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGXFSZ);
  }
}

TEST_CASE("A program that takes more processor time than it may have is ended by the signal that says so") {
  for (const uid_t user : users()) {
    worker_request request = request_for(user, {"limits"});
    request.options.insert(request.options.end(), {"--cpu", "1"});
    CHECK(outcomes(request, {"limit=cpu"}).at("limit") == "ok 6");  // the hard one: what handles the signal has 5 s
    request.program = {grounds::get().program(), "burn"};
    worker_run run(request);
    CHECK(run.layer("limits").state == "active");
    run.send("go\n");
    const int status = run.wait();
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGXCPU);
  }
}

TEST_CASE("A root host's private files can be granted while Landlock holds, and only then") {
  if (users().front() != 0) return say_skipped("uid", ::geteuid(), "the tests do not run as root");
  if (!machine_has("landlock", 0)) return;
  const grounds& ground = grounds::get();
  grounds::get().reset(0);
  const std::string folder = ground.outside() + "/private";
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/file") << "granted";
  for (const std::string& path : {folder, folder + "/file"}) REQUIRE(::chmod(path.c_str(), 0700) == 0);
  worker_request request = request_for(0, all_layers(0));
  request.options.insert(request.options.end(), {"--read", folder, "--read-as-root"});
  std::map<std::string, layer_fact> statement;
  auto found = outcomes(
      request, {"read=" + folder + "/file", "list=" + ground.outside(), "capabilities", "death_signal"}, &statement);
  CHECK(found.at("death_signal") == "ok 9");
  CHECK(found.at("read") == "ok");
  CHECK(found.at("list") == "EACCES");
  CHECK(found.at("capabilities") == "ok 000000004");
  CHECK(statement.at("uid").detail == "uid 61184; reads as root, also the system's programs and libraries");
  CHECK(statement.at("capabilities").state == "active");
  CHECK(statement.at("capabilities").detail == "all but CAP_DAC_READ_SEARCH");
  // Of /usr only programs, libraries and their data: what an administrator keeps elsewhere in it for root stays so.
  const std::string configuration = "/usr/local/etc/planguild_test_" + std::to_string(::getpid());
  std::ofstream(configuration) << "secret";
  if (::chmod(configuration.c_str(), 0600) != 0) {
    say_skipped("uid", 0, "there is no /usr/local/etc to write to");
  } else {
    found = outcomes(request, {"read=" + configuration, "list=/usr/lib"});
    std::filesystem::remove(configuration);
    CHECK(found.at("read=" + configuration) != "ok");
    CHECK(found.at("list").rfind("ok", 0) == 0);
  }
  request.denied = {{444, ENOSYS}};
  found = outcomes(request, {"read=" + folder + "/file", "capabilities"}, &statement);
  CHECK(found.at("read") == "EACCES");
  CHECK(found.at("capabilities") == "ok 000000000");
  CHECK(statement.at("uid").detail == "uid 61184; does not read as root: landlock is not active");
  CHECK(statement.at("capabilities").detail.empty());
}

}  // namespace planguild::test
