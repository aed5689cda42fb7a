// The port between the registry and selectors: which snapshot it holds. Who asks it for a fresh one is in
// selector_test. No actors.
#include "app/host/snapshot_port.hpp"

#include <catch2/catch.hpp>

using namespace planguild;  // NOLINT(google-build-using-namespace)

namespace {

snapshot_port::ranked of_version(std::uint64_t version) {
  snapshot view;
  view.version = version;
  return std::make_shared<const ranked_snapshot>(std::make_shared<const snapshot>(std::move(view)));
}

}  // namespace

TEST_CASE("The port keeps the newest snapshot, whatever order they come in") {
  snapshot_port port;
  CHECK(port.version() == 0);
  CHECK_FALSE(port.latest());
  port.put(of_version(2));
  port.put(of_version(1));
  CHECK(port.version() == 2);
  CHECK(port.latest()->view->version == 2);
}

TEST_CASE("A closed port stays closed") {
  snapshot_port port;
  port.put(of_version(1));
  port.close();
  port.put(of_version(2));
  CHECK(port.version() == snapshot_port::closed);
}
