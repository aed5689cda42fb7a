// libFuzzer's entry into the target that the build names (PLANGUILD_FUZZ_TARGET). One thread.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)planguild::fuzz::PLANGUILD_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
