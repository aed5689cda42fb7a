// Giving up privileges. See the header.
#include "app/worker/privileges.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace planguild {
namespace {

constexpr int set_write_or_execute = 65;  // PR_SET_MDWE, Linux 6.3
constexpr int get_write_or_execute = 66;  // PR_GET_MDWE
constexpr unsigned long refuse_execution_gain = 1;

struct capability_sets {
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
};

constexpr unsigned long set_bits = 64;  // of a capability set
constexpr std::uint64_t read_and_search = std::uint64_t{1} << CAP_DAC_READ_SEARCH;

bool get_capabilities(capability_sets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct words[2]{};
  if (syscall(SYS_capget, &header, words) != 0) return false;
  const auto joined = [](std::uint32_t low, std::uint32_t high) { return low | std::uint64_t{high} << 32; };
  sets = {joined(words[0].effective, words[1].effective), joined(words[0].permitted, words[1].permitted),
          joined(words[0].inheritable, words[1].inheritable)};
  return true;
}

bool set_capabilities(const capability_sets& sets) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct words[2]{};
  for (unsigned word = 0; word < 2; ++word) {
    words[word].effective = static_cast<std::uint32_t>(sets.effective >> (32 * word));
    words[word].permitted = static_cast<std::uint32_t>(sets.permitted >> (32 * word));
    words[word].inheritable = static_cast<std::uint32_t>(sets.inheritable >> (32 * word));
  }
  return syscall(SYS_capset, &header, words) == 0;
}

bool bounding_set_empty() {
  for (unsigned long number = 0; number < set_bits; ++number) {
    const int there = prctl(PR_CAPBSET_READ, number, 0, 0, 0);
    if (there < 0) return true;  // past the last capability of this kernel
    if (there > 0) return false;
  }
  return false;  // no kernel has so many: somebody else answers
}

bool no_new_privileges() {
  return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

/// True if the ambient set is `wanted`, which all that is permitted and inheritable is, too: nothing else can be
/// ambient (capabilities(7)), so nothing else is asked for.
bool ambient_is(std::uint64_t wanted) {
  for (unsigned long number = 0; wanted >> number != 0; ++number) {
    if ((wanted >> number & 1) == 0) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, number, 0, 0) != 1) return false;
  }
  return true;
}

}  // namespace

bool started_as_root() {
  return geteuid() == 0;
}

void refuse_new_privileges(layer_statement& layers) {
  if (!layers.asked(layer::no_new_privileges)) return;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return layers.refused(layer::no_new_privileges, errno);
  if (!no_new_privileges()) return layers.set_unavailable(layer::no_new_privileges, "not in force after the call");
  layers.set_active(layer::no_new_privileges);
}

void empty_bounding_set(const worker_arguments& given, const layer_statement& layers) {
  capability_sets held;
  if (given.read_as_root && get_capabilities(held)) {
    held.inheritable = held.permitted & read_and_search;
    (void)set_capabilities(held);
  }
  if (!layers.asked(layer::capabilities)) return;
  (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Ends past the last capability of this kernel, or where it is refused: what is left, the statement will say.
  for (unsigned long number = 0; number < set_bits && prctl(PR_CAPBSET_DROP, number, 0, 0, 0) == 0;) ++number;
}

bool change_user(const worker_arguments& given, layer_statement& layers) {
  if (!layers.asked(layer::uid)) return false;
  capability_sets held;
  if (!get_capabilities(held) || (held.effective >> CAP_KILL & 1) == 0) {
    layers.set_unavailable(layer::uid, "%s", started_as_root() ? "no CAP_KILL" : "EPERM");
    return false;
  }
  const auto failed = [&](const char* step) {
    layers.refused(layer::uid, errno, step);
    return false;
  };
  const bool kept = prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0;
  if (setgroups(0, nullptr) != 0) return failed("setgroups");
  if (setresgid(given.uid, given.uid, given.uid) != 0) return failed("setresgid");
  if (setresuid(given.uid, given.uid, given.uid) != 0) return failed("setresuid");
  if (kept) {
    held.effective = held.permitted;
    (void)set_capabilities(held);  // without them mounts and private paths are refused, which the statement says
    (void)prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  }
  return true;
}

namespace {

/// Looks whether the user changed for good; after the capabilities went, so that none of them answers for the user.
void state_user(const worker_arguments& given, bool reads_as_root, layer_statement& layers) {
  uid_t users[3]{};
  gid_t groups[3]{};
  if (getresuid(&users[0], &users[1], &users[2]) != 0 || getresgid(&groups[0], &groups[1], &groups[2]) != 0) {
    return layers.refused(layer::uid, errno, "getresuid");
  }
  for (unsigned number = 0; number < 3; ++number) {
    if (users[number] != given.uid || groups[number] != given.uid) {
      return layers.set_unavailable(layer::uid, "still user %u, group %u", users[number], groups[number]);
    }
  }
  if (getgroups(0, nullptr) != 0) return layers.set_unavailable(layer::uid, "still in other groups");
  if (setresuid(0, 0, 0) == 0) {
    return layers.set_unavailable(layer::uid, "could become root again");
  }
  const char* reading = "";
  if (given.read_as_root) {
    reading = reads_as_root ? "; reads as root, also the system's programs and libraries"
                            : "; does not read as root: landlock is not active";
  }
  layers.set_active(layer::uid, "uid %u%s", given.uid, reading);
}

void state_capabilities(std::uint64_t kept, layer_statement& layers) {
  capability_sets left;
  if (!get_capabilities(left)) return layers.refused(layer::capabilities, errno, "capget");
  if ((left.effective | left.permitted | left.inheritable) != kept || !ambient_is(kept)) {
    return layers.set_unavailable(layer::capabilities, "some are left: %llx",
                                  static_cast<unsigned long long>(left.permitted));
  }
  const char* but = kept == 0 ? "" : "all but CAP_DAC_READ_SEARCH";
  if (bounding_set_empty()) return layers.set_active(layer::capabilities, "%s", but);
  // Nothing can be gained from the bounding set while no program that is executed may add to what there is.
  if (!no_new_privileges()) return layers.set_unavailable(layer::capabilities, "the bounding set stays");
  layers.set_active(layer::capabilities, "%s%sbounding set kept", but, *but == '\0' ? "" : "; ");
}

}  // namespace

void give_up_capabilities(const worker_arguments& given, bool user_changed, layer_statement& layers) {
  const bool wanted = layers.asked(layer::capabilities);
  if (!wanted && !user_changed) return;
  capability_sets held;
  std::uint64_t kept = 0;
  if (given.read_as_root && layers.active(layer::landlock) && get_capabilities(held)) {
    kept = held.permitted & read_and_search;
  }
  if (!set_capabilities({kept, kept, kept})) {
    const int error = errno;
    if (wanted) layers.refused(layer::capabilities, error, "capset");
    if (user_changed) layers.refused(layer::uid, error, "capset");
    return;
  }
  if (kept != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) != 0) {
    kept = 0;
    (void)set_capabilities({});
  }
  if (wanted) state_capabilities(kept, layers);
  if (user_changed) state_user(given, kept != 0, layers);
}

void shed_capabilities() {
  (void)set_capabilities({});
}

void refuse_dumps(const worker_arguments& given, layer_statement& layers) {
  if (!layers.asked(layer::undumpable)) return;
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return layers.refused(layer::undumpable, errno);
  if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return layers.set_unavailable(layer::undumpable, "not in force after the call");
  }
  if (!given.stays_undumpable || !layers.active(layer::no_new_privileges)) {
    return layers.set_off(layer::undumpable, "from when the program is executed");
  }
  layers.set_active(layer::undumpable);
}

void refuse_writable_code(layer_statement& layers) {
  if (!layers.asked(layer::write_or_execute)) return;
  if (prctl(set_write_or_execute, refuse_execution_gain, 0, 0, 0) != 0) {
    return layers.refused(layer::write_or_execute, errno);
  }
  const int flags = prctl(get_write_or_execute, 0, 0, 0, 0);
  if (flags < 0 || (static_cast<unsigned long>(flags) & refuse_execution_gain) == 0) {
    return layers.set_unavailable(layer::write_or_execute, "not in force after the call");
  }
  layers.set_active(layer::write_or_execute);
}

}  // namespace planguild
