// See the header.
#include "tests/hostile_planners/attack_cases.hpp"

namespace planguild::test {
namespace {

const std::vector<attack_case> all = {
    // reading
    {"read_private_key", "landlock uid mount_namespace", "landlock mount_namespace"},
    {"read_linked_file", "discovery"},
    {"read_shadow", "landlock uid mount_namespace"},
    {"list_home", "landlock uid mount_namespace", "landlock mount_namespace"},
    // Landlock says nothing of what a file's name and size are: where there is neither a user of its own nor a root
    // of its own, a planner learns what exists.
    {"stat_private_key", "uid mount_namespace", "mount_namespace"},
    {"read_host_environment", "landlock uid mount_namespace", "landlock mount_namespace user_namespace"},
    {"read_host_maps", "landlock uid mount_namespace", "landlock mount_namespace user_namespace"},
    {"read_host_memory", "landlock uid mount_namespace", "landlock mount_namespace user_namespace"},
    {"open_host_descriptor", "landlock uid mount_namespace", "landlock mount_namespace user_namespace"},
    {"read_inherited_descriptor", "hygiene"},
    {"read_inherited_environment", "hygiene"},
    {"trace_host", "landlock uid seccomp pid_namespace", "landlock seccomp pid_namespace user_namespace", "ptrace"},
    {"copy_host_memory", "landlock uid seccomp pid_namespace", "landlock seccomp pid_namespace user_namespace",
     "process_vm_readv"},
    {"overwrite_host_memory", "landlock uid seccomp pid_namespace", "landlock seccomp pid_namespace user_namespace",
     "process_vm_writev"},
    {"take_host_descriptor", "landlock uid seccomp pid_namespace", "landlock seccomp pid_namespace user_namespace"},
    // signals
    {"signal_host", "landlock:6 uid seccomp pid_namespace", "landlock:6 seccomp pid_namespace"},
    {"signal_host_thread", "landlock:6 uid seccomp pid_namespace", "landlock:6 seccomp pid_namespace"},
    {"queue_signal_to_host", "landlock:6 uid seccomp pid_namespace", "landlock:6 seccomp pid_namespace"},
    {"signal_host_by_descriptor", "landlock:6 uid seccomp pid_namespace", "landlock:6 seccomp pid_namespace"},
    {"signal_host_by_ownership", "landlock:6 uid seccomp pid_namespace", "landlock:6 seccomp pid_namespace"},
    {"signal_group", "hygiene"},
    // writing
    {"write_temporary_file", "landlock seccomp mount_namespace"},
    {"write_shared_memory", "landlock seccomp mount_namespace"},
    {"fill_disk", "landlock seccomp mount_namespace limits"},
    {"write_repository", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"write_beside_itself", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"remove_file", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"rename_file", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"truncate_file", "landlock:3 seccomp uid mount_namespace", "landlock:3 seccomp mount_namespace"},
    {"append_to_file", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"make_folder", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"make_link", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"make_pipe", "landlock seccomp uid mount_namespace", "landlock seccomp mount_namespace"},
    {"change_mode", "seccomp uid mount_namespace", "seccomp mount_namespace"},
    {"change_owner", "seccomp uid mount_namespace", "seccomp mount_namespace"},
    {"change_times", "seccomp uid mount_namespace", "seccomp mount_namespace"},
    {"set_attribute", "seccomp uid mount_namespace", "seccomp mount_namespace"},
    // network
    {"connect_tcp", "landlock:4 seccomp network_namespace"},
    {"listen_tcp", "landlock:4 seccomp network_namespace"},
    {"send_udp", "seccomp network_namespace"},
    {"connect_multipath_tcp", "seccomp network_namespace"},
    {"send_raw", "seccomp uid capabilities network_namespace"},
    {"connect_unix_path", "seccomp mount_namespace"},
    {"connect_unix_abstract", "landlock:6 seccomp network_namespace"},
    {"ask_netlink", "seccomp"},
    {"open_vsock", "seccomp"},
    {"send_descriptor", "seccomp"},
    // processes and programs
    {"fork_bomb", "seccomp"},
    {"daemon", "seccomp"},
    {"raw_clone", "seccomp"},
    {"raw_clone3", "seccomp"},
    {"thread_bomb", "limits+uid limits+user_namespace"},
    // A command planner may become a program of the system: it is what a script's interpreter is. The layers stay on.
    {"run_shell", "seccomp", {}, {}, false},
    {"run_setuid_program", "uid landlock", "no_new_privileges"},
    {"become_root", "uid seccomp", "uid seccomp", "setuid"},
    // A native planner is not alone in its process: another thread reads, and the kernel refuses this to threads.
    {"new_user_namespace", "seccomp", {}, "unshare", true, false},
    {"mount_over", "seccomp uid capabilities", {}, "unshare"},
    {"change_root", "seccomp uid capabilities"},
    // The filter names to a native planner's process what it stops; a command planner's it ends.
    {"handle_stopped_calls", "seccomp", {}, {}, false},
    {"open_io_uring", "seccomp"},
    {"add_key", "seccomp", {}, "add_key"},
    {"pin_processor", "seccomp"},
    {"make_shared_segment", "seccomp"},
    {"read_kernel_log", "seccomp uid capabilities", {}, "syslog"},
    {"load_bpf", "seccomp uid capabilities", {}, "bpf"},
    {"watch_performance", "seccomp uid capabilities", {}, "perf_event_open"},
    {"open_by_handle", "seccomp uid capabilities"},
    {"change_personality", "seccomp", {}, "personality"},
    // memory. A command planner may have a compiler of its own, whose memory is both.
    {"map_writable_code", "seccomp write_or_execute", {}, {}, false},
    {"write_then_execute", "seccomp write_or_execute", {}, {}, false},
    {"map_memory_twice", "seccomp limits"},
    {"take_memory", "limits"},
    // What is shared without a file, or said to be a stack, is not what the limit counts.
    {"take_shared_memory", "seccomp"},
    {"take_stack_memory", "seccomp"},
    {"take_zero_memory", "landlock seccomp"},
    {"take_file_memory", "seccomp limits"},
    {"raise_limits", "seccomp limits+uid limits+capabilities", "seccomp limits"},
};

}  // namespace

const std::vector<attack_case>& attack_cases() {
  return all;
}

}  // namespace planguild::test
