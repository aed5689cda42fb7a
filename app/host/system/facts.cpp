// Facts about this process, from /proc. Any thread.
#include "app/host/system/facts.hpp"

#include <unistd.h>

#include <fstream>

namespace planguild {
namespace {

class proc_facts final : public process_facts {
 public:
  std::uint64_t resident_bytes() override {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t pages = 0;
    std::uint64_t resident_pages = 0;
    const long page_bytes = ::sysconf(_SC_PAGESIZE);
    if (!(statm >> pages >> resident_pages) || page_bytes <= 0) return 0;
    return resident_pages * static_cast<std::uint64_t>(page_bytes);
  }
};

}  // namespace

std::shared_ptr<process_facts> make_process_facts() {
  return std::make_shared<proc_facts>();
}

}  // namespace planguild
