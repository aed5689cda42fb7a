// A shared object whose initialisation throws. A planner of the tests.
#include <stdexcept>
#include <string>

namespace {

int fail(const std::string& reason) {
  throw std::runtime_error(reason);
}

const int number = fail("its initialisation went wrong");

}  // namespace

extern "C" __attribute__((visibility("default"))) int planguild_test_number() {
  return number;
}
