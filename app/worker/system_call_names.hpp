// Names of system calls that a filter may stop, for people. Constants, and functions that a signal handler may call.
#pragma once

#include <sys/syscall.h>

#include <string_view>

namespace planguild {

struct named_system_call {
  long number;
  const char* name;
};

// Those that not every architecture or version of the kernel's headers has are asked for.
#define PLANGUILD_NAMED(call) \
  { SYS_##call, #call }
inline constexpr named_system_call named_system_calls[] = {
    PLANGUILD_NAMED(acct),
    PLANGUILD_NAMED(add_key),
    PLANGUILD_NAMED(bind),
    PLANGUILD_NAMED(bpf),
    PLANGUILD_NAMED(capset),
    PLANGUILD_NAMED(chdir),
    PLANGUILD_NAMED(chroot),
    PLANGUILD_NAMED(clock_adjtime),
    PLANGUILD_NAMED(clock_settime),
    PLANGUILD_NAMED(clone),
    PLANGUILD_NAMED(connect),
    PLANGUILD_NAMED(delete_module),
    PLANGUILD_NAMED(execve),
    PLANGUILD_NAMED(execveat),
    PLANGUILD_NAMED(fchdir),
    PLANGUILD_NAMED(fchmod),
    PLANGUILD_NAMED(fchmodat),
    PLANGUILD_NAMED(fchown),
    PLANGUILD_NAMED(fchownat),
    PLANGUILD_NAMED(finit_module),
    PLANGUILD_NAMED(flock),
    PLANGUILD_NAMED(fsync),
    PLANGUILD_NAMED(ftruncate),
    PLANGUILD_NAMED(init_module),
    PLANGUILD_NAMED(inotify_init1),
    PLANGUILD_NAMED(io_setup),
    PLANGUILD_NAMED(ioctl),
    PLANGUILD_NAMED(kcmp),
    PLANGUILD_NAMED(kexec_load),
    PLANGUILD_NAMED(keyctl),
    PLANGUILD_NAMED(kill),
    PLANGUILD_NAMED(linkat),
    PLANGUILD_NAMED(listen),
    PLANGUILD_NAMED(memfd_create),
    PLANGUILD_NAMED(migrate_pages),
    PLANGUILD_NAMED(mkdirat),
    PLANGUILD_NAMED(mknodat),
    PLANGUILD_NAMED(mlock),
    PLANGUILD_NAMED(mount),
    PLANGUILD_NAMED(move_pages),
    PLANGUILD_NAMED(mq_open),
    PLANGUILD_NAMED(msgget),
    PLANGUILD_NAMED(name_to_handle_at),
    PLANGUILD_NAMED(open_by_handle_at),
    PLANGUILD_NAMED(openat),
    PLANGUILD_NAMED(perf_event_open),
    PLANGUILD_NAMED(personality),
    PLANGUILD_NAMED(pivot_root),
    PLANGUILD_NAMED(prctl),
    PLANGUILD_NAMED(prlimit64),
    PLANGUILD_NAMED(process_vm_readv),
    PLANGUILD_NAMED(process_vm_writev),
    PLANGUILD_NAMED(ptrace),
    PLANGUILD_NAMED(quotactl),
    PLANGUILD_NAMED(reboot),
    PLANGUILD_NAMED(recvfrom),
    PLANGUILD_NAMED(renameat),
    PLANGUILD_NAMED(renameat2),
    PLANGUILD_NAMED(request_key),
    PLANGUILD_NAMED(sched_setaffinity),
    PLANGUILD_NAMED(sched_setscheduler),
    PLANGUILD_NAMED(seccomp),
    PLANGUILD_NAMED(semget),
    PLANGUILD_NAMED(sendmmsg),
    PLANGUILD_NAMED(sendmsg),
    PLANGUILD_NAMED(sendto),
    PLANGUILD_NAMED(setdomainname),
    PLANGUILD_NAMED(setfsgid),
    PLANGUILD_NAMED(setfsuid),
    PLANGUILD_NAMED(setgid),
    PLANGUILD_NAMED(setgroups),
    PLANGUILD_NAMED(sethostname),
    PLANGUILD_NAMED(setns),
    PLANGUILD_NAMED(setpriority),
    PLANGUILD_NAMED(setregid),
    PLANGUILD_NAMED(setresgid),
    PLANGUILD_NAMED(setresuid),
    PLANGUILD_NAMED(setreuid),
    PLANGUILD_NAMED(setrlimit),
    PLANGUILD_NAMED(setsid),
    PLANGUILD_NAMED(settimeofday),
    PLANGUILD_NAMED(setuid),
    PLANGUILD_NAMED(setxattr),
    PLANGUILD_NAMED(shmget),
    PLANGUILD_NAMED(socket),
    PLANGUILD_NAMED(socketpair),
    PLANGUILD_NAMED(splice),
    PLANGUILD_NAMED(swapoff),
    PLANGUILD_NAMED(swapon),
    PLANGUILD_NAMED(symlinkat),
    PLANGUILD_NAMED(syslog),
    PLANGUILD_NAMED(tgkill),
    PLANGUILD_NAMED(tkill),
    PLANGUILD_NAMED(truncate),
    PLANGUILD_NAMED(umount2),
    PLANGUILD_NAMED(unlinkat),
    PLANGUILD_NAMED(unshare),
    PLANGUILD_NAMED(userfaultfd),
    PLANGUILD_NAMED(utimensat),
    PLANGUILD_NAMED(vhangup),
    PLANGUILD_NAMED(vmsplice),
    PLANGUILD_NAMED(wait4),
#ifdef SYS_chmod
    PLANGUILD_NAMED(chmod),
#endif
#ifdef SYS_chown
    PLANGUILD_NAMED(chown),
#endif
#ifdef SYS_clone3
    PLANGUILD_NAMED(clone3),
#endif
#ifdef SYS_close_range
    PLANGUILD_NAMED(close_range),
#endif
#ifdef SYS_fork
    PLANGUILD_NAMED(fork),
#endif
#ifdef SYS_fsconfig
    PLANGUILD_NAMED(fsconfig),
#endif
#ifdef SYS_fsmount
    PLANGUILD_NAMED(fsmount),
#endif
#ifdef SYS_fsopen
    PLANGUILD_NAMED(fsopen),
#endif
#ifdef SYS_fspick
    PLANGUILD_NAMED(fspick),
#endif
#ifdef SYS_inotify_init
    PLANGUILD_NAMED(inotify_init),
#endif
#ifdef SYS_io_uring_enter
    PLANGUILD_NAMED(io_uring_enter),
#endif
#ifdef SYS_io_uring_register
    PLANGUILD_NAMED(io_uring_register),
#endif
#ifdef SYS_io_uring_setup
    PLANGUILD_NAMED(io_uring_setup),
#endif
#ifdef SYS_kexec_file_load
    PLANGUILD_NAMED(kexec_file_load),
#endif
#ifdef SYS_landlock_create_ruleset
    PLANGUILD_NAMED(landlock_create_ruleset),
#endif
#ifdef SYS_link
    PLANGUILD_NAMED(link),
#endif
#ifdef SYS_lookup_dcookie
    PLANGUILD_NAMED(lookup_dcookie),
#endif
#ifdef SYS_memfd_secret
    PLANGUILD_NAMED(memfd_secret),
#endif
#ifdef SYS_mkdir
    PLANGUILD_NAMED(mkdir),
#endif
#ifdef SYS_mknod
    PLANGUILD_NAMED(mknod),
#endif
#ifdef SYS_mount_setattr
    PLANGUILD_NAMED(mount_setattr),
#endif
#ifdef SYS_move_mount
    PLANGUILD_NAMED(move_mount),
#endif
#ifdef SYS_nfsservctl
    PLANGUILD_NAMED(nfsservctl),
#endif
#ifdef SYS_open
    PLANGUILD_NAMED(open),
#endif
#ifdef SYS_open_tree
    PLANGUILD_NAMED(open_tree),
#endif
#ifdef SYS_openat2
    PLANGUILD_NAMED(openat2),
#endif
#ifdef SYS_pidfd_getfd
    PLANGUILD_NAMED(pidfd_getfd),
#endif
#ifdef SYS_pidfd_open
    PLANGUILD_NAMED(pidfd_open),
#endif
#ifdef SYS_pidfd_send_signal
    PLANGUILD_NAMED(pidfd_send_signal),
#endif
#ifdef SYS_process_madvise
    PLANGUILD_NAMED(process_madvise),
#endif
#ifdef SYS_rename
    PLANGUILD_NAMED(rename),
#endif
#ifdef SYS_rmdir
    PLANGUILD_NAMED(rmdir),
#endif
#ifdef SYS_symlink
    PLANGUILD_NAMED(symlink),
#endif
#ifdef SYS_unlink
    PLANGUILD_NAMED(unlink),
#endif
#ifdef SYS_uselib
    PLANGUILD_NAMED(uselib),
#endif
#ifdef SYS_vfork
    PLANGUILD_NAMED(vfork),
#endif
};
#undef PLANGUILD_NAMED

/// Null for a call that is not in the table.
inline const char* system_call_name(long number) noexcept {
  for (const auto& call : named_system_calls) {
    if (call.number == number) return call.name;
  }
  return nullptr;
}

/// Whether a text is what the guard writes for a call: a name of the table, or `number` with digits.
inline bool is_system_call_text(std::string_view text) noexcept {
  for (const auto& call : named_system_calls) {
    if (text == call.name) return true;
  }
  constexpr std::string_view numbered = "number ";
  constexpr std::size_t digits_max = 10;
  if (text.substr(0, numbered.size()) != numbered) return false;
  text.remove_prefix(numbered.size());
  return !text.empty() && text.size() <= digits_max && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace planguild
