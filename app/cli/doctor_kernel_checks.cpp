// Doctor's findings about the kernel. Owned by the command; pure functions, any thread.
#include "app/cli/doctor_report.hpp"
#include "messages/text.hpp"

namespace planguild::cli {
namespace {

constexpr int landlock_abi_truncate = 3;
constexpr int landlock_abi_network = 4;
constexpr int landlock_abi_scope = 6;

/// What this version of Landlock does not cover.
std::string landlock_gaps(int abi) {
  std::vector<std::string> gaps;
  if (abi < landlock_abi_truncate) gaps.emplace_back("truncating files");
  if (abi < landlock_abi_network) gaps.emplace_back("TCP");
  if (abi < landlock_abi_scope) gaps.emplace_back("signals and abstract sockets");
  return text::join(gaps, ", ");
}

void examine_landlock(const kernel_facts& kernel, report_maker& report) {
  if (kernel.landlock_abi == 0) {
    report.add(doctor_severity::note,
               "Landlock: " + kernel.landlock_reason +
                   "; without it an unprivileged sandbox cannot keep planners from reading your files",
               kernel.landlock_reason.find("boot") != std::string::npos
                   ? "boot with lsm=landlock,lockdown,yama,integrity,apparmor,bpf (add landlock to what you have)"
                   : "boot a kernel of 5.13 or later with CONFIG_SECURITY_LANDLOCK=y; in a container, allow landlock_* "
                     "in its seccomp profile");
    return;
  }
  if (const auto gaps = landlock_gaps(kernel.landlock_abi); !gaps.empty()) {
    report.add(doctor_severity::note,
               "Landlock has version " + std::to_string(kernel.landlock_abi) + ", which does not cover " + gaps +
                   "; seccomp alone will",
               "boot a kernel of 6.12 or later");
  }
}

std::string summary_of(const kernel_facts& kernel) {
  std::vector<std::string> there;
  if (kernel.landlock_abi > 0) there.push_back("Landlock " + std::to_string(kernel.landlock_abi));
  if (kernel.seccomp.works) there.emplace_back("seccomp");
  if (kernel.user_namespaces.works) there.emplace_back("user namespaces");
  if (kernel.pidfd.works) there.emplace_back("pidfd");
  if (kernel.cgroup.works) there.emplace_back("cgroup 2");
  const auto list = there.empty() ? std::string{"nothing that a sandbox needs"} : text::join(there, ", ");
  return "Linux " + kernel.release + (kernel.is_root ? ", as root: " : ": ") + list;
}

}  // namespace

void examine_kernel(const kernel_facts& kernel, report_maker& report) {
  report.area("kernel", summary_of(kernel));
  examine_landlock(kernel, report);
  if (!kernel.seccomp.works) {
    report.add(doctor_severity::note, "seccomp: " + kernel.seccomp.reason,
               "boot a kernel of 4.14 or later with CONFIG_SECCOMP_FILTER=y");
  }
  if (!kernel.user_namespaces.works) {
    const bool is_policy = kernel.user_namespaces.reason.find("mapped") != std::string::npos;
    report.add(doctor_severity::note, "user namespaces: " + kernel.user_namespaces.reason,
               is_policy ? "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
                         : "sudo sysctl user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1");
  }
  if (!kernel.pidfd.works) {
    report.add(doctor_severity::note, "pidfd: " + kernel.pidfd.reason, "boot a kernel of 5.3 or later");
  }
  if (!kernel.cgroup.works) {
    report.add(doctor_severity::note, "cgroup: " + kernel.cgroup.reason + "; memory is then limited per process only",
               "systemd-run --user --scope -p Delegate=yes planguild …");
  }
}

}  // namespace planguild::cli
