// Doctor's findings about the kernel: which layers it lacks, and what that means for the sandbox. Owned by the command;
// pure functions, any thread.
#include <algorithm>
#include <string_view>

#include "app/cli/doctor_report.hpp"
#include "messages/sandbox_text.hpp"
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

std::string landlock_mend(const kernel_facts& kernel) {
  return kernel.landlock_reason.find("boot") != std::string::npos
             ? "boot with lsm=landlock,lockdown,yama,integrity,apparmor,bpf (add landlock to what you have)"
             : "boot a kernel of 5.13 or later with CONFIG_SECURITY_LANDLOCK=y; in a container, allow landlock_* in "
               "its "
               "seccomp profile";
}

constexpr std::string_view seccomp_mend = "boot a kernel of 4.14 or later with CONFIG_SECCOMP_FILTER=y";

void examine_landlock(const kernel_facts& kernel, report_maker& report) {
  if (kernel.landlock_abi == 0) {
    report.add(doctor_severity::note, "Landlock: " + kernel.landlock_reason, landlock_mend(kernel));
    return;
  }
  if (const auto gaps = landlock_gaps(kernel.landlock_abi); !gaps.empty()) {
    report.add(doctor_severity::note,
               "Landlock has version " + std::to_string(kernel.landlock_abi) + ", which does not cover " + gaps +
                   "; the system call filter alone does",
               "boot a kernel of 6.12 or later");
  }
}

/// What one guarantee takes, and whether this kernel has it; as app/host/system/guarantees decides of a process.
struct guarantee_check {
  std::string_view name;
  bool holds;
  std::string_view takes;
  std::string mend;
};

std::vector<guarantee_check> check_guarantees(const kernel_facts& kernel) {
  const bool landlock = kernel.landlock_abi > 0;
  const bool namespaces = kernel.user_namespaces.works;
  const bool filter = kernel.seccomp.works;
  const bool writes = filter || (kernel.landlock_abi >= landlock_abi_truncate && kernel.is_root);
  return {{no_host_reads, landlock || namespaces, "Landlock, or a mount namespace", landlock_mend(kernel)},
          {no_host_writes, writes, "the system call filter (seccomp)", std::string{seccomp_mend}},
          {no_network, filter, "the system call filter (seccomp)", std::string{seccomp_mend}},
          {no_secrets, landlock || namespaces || kernel.is_root, "Landlock, or mount and process namespaces",
           landlock_mend(kernel)}};
}

doctor_severity severity_of(std::string_view guarantee, const sandbox_policy& policy) {
  if (policy.mode == sandbox_mode::best) return doctor_severity::warning;
  const bool is_required =
      std::find(policy.required.begin(), policy.required.end(), guarantee) != policy.required.end();
  return policy.mode == sandbox_mode::require && is_required ? doctor_severity::error : doctor_severity::note;
}

/// The setting with which planners start here nevertheless.
std::string setting_without_missing(const std::vector<guarantee_check>& checks, const sandbox_policy& policy) {
  sandbox_policy weaker{sandbox_mode::require, {}};
  for (const auto& check : checks) {
    const bool is_required =
        std::find(policy.required.begin(), policy.required.end(), check.name) != policy.required.end();
    if (check.holds && is_required) weaker.required.emplace_back(check.name);
  }
  if (weaker.required.empty()) weaker = {sandbox_mode::best, {}};
  return "FACTORY_SANDBOX=" + sandbox_policy_text(weaker);
}

void examine_guarantees(const kernel_facts& kernel, const sandbox_policy& policy, report_maker& report) {
  const auto checks = check_guarantees(kernel);
  for (const auto& check : checks) {
    if (check.holds) continue;
    const auto severity = severity_of(check.name, policy);
    auto what = std::string{check.name} + " cannot hold here: it takes " + std::string{check.takes};
    if (severity == doctor_severity::error) {
      what +=
          "; no planner that is a program starts (" + setting_without_missing(checks, policy) + " goes on without it)";
    }
    report.add(severity, std::move(what), check.mend);
  }
  if (policy.mode == sandbox_mode::off) {
    report.add(doctor_severity::warning, "FACTORY_SANDBOX=off: planners run with your rights, without any layer",
               "unset FACTORY_SANDBOX");
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

void examine_kernel(const kernel_facts& kernel, const sandbox_policy& policy, report_maker& report) {
  report.area("kernel", summary_of(kernel));
  examine_guarantees(kernel, policy, report);
  examine_landlock(kernel, report);
  if (!kernel.seccomp.works) {
    report.add(doctor_severity::note, "seccomp: " + kernel.seccomp.reason, std::string{seccomp_mend});
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
