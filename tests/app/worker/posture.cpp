// Sets of layers. See the header.
#include "posture.hpp"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>

#include "app/worker/layers.hpp"
#include "grounds.hpp"
#include "machine.hpp"

namespace planguild::test {

bool contains(const std::vector<std::string>& layers, const std::string& layer) {
  return std::find(layers.begin(), layers.end(), layer) != layers.end();
}

std::vector<std::string> all_layers(uid_t user, const std::vector<std::string>& but) {
  std::vector<std::string> result;
  for (const std::string_view name : worker_layers::all) {
    const std::string layer(name);
    if (contains(but, layer)) continue;
    // Neither is missing on the machine: root needs no user namespace, and only root can become another user.
    if (layer == (user == 0 ? "user_namespace" : "uid")) continue;
    if (machine_has(layer, user)) result.push_back(layer);
  }
  return result;
}

std::string joined(const std::vector<std::string>& layers) {
  std::string result;
  for (const std::string& layer : layers) result += (result.empty() ? "" : ",") + layer;
  return result;
}

worker_request request_for(uid_t user, const std::vector<std::string>& layers) {
  worker_request request;
  request.user = user;
  request.layers = joined(layers);
  request.directory = grounds::get().repository();
  request.options = grounds::get().grants();
  if (contains(layers, "uid")) request.options.insert(request.options.end(), {"--uid", std::to_string(private_user)});
  if (contains(layers, "undumpable")) request.options.emplace_back("--stays-undumpable");
  if (contains(layers, "seccomp")) {
    std::vector<denied_call> denied{{SYS_socket, EDOM, AF_UNIX}, {SYS_fchmodat, EDOM}};
#ifdef SYS_chmod
    denied.push_back({SYS_chmod, EDOM});
#endif
    request.filter = filter_that_denies(denied);
  }
  return request;
}

uid_t user_under(uid_t user, const std::vector<std::string>& layers) {
  return contains(layers, "uid") ? private_user : user;
}

}  // namespace planguild::test
