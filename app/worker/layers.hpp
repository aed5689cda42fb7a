// What planguild-worker and the host that starts it agree on: the names of the layers, the statement that the worker
// makes before any byte of the planner runs, and the answer without which it does not go on. Constants only; both sides
// include it.
//
// The worker is started with descriptors 0 and 1 (one end of a socketpair) and 2 (a pipe), as a session leader, with
// the environment that the planner is to see, and with these arguments:
//
//   planguild-worker --parent PID --directory DIR [OPTION…] -- PROGRAM [ARGUMENT…]
//     --layers NAME,…          layers to put on, by the names below; none: hygiene alone (death signal, own session,
//                              signals, umask, descriptors closed)
//     --read PATH              the planner may read this file or tree (repeat)
//     --execute PATH           it may read and run this file, or what lies in this tree (repeat)
//     --write PATH             it may read, write, make and remove in this file or tree (repeat)
//     --tcp PORT               it may connect to this port (repeat)
//     --uid NUMBER             with layer `uid`: the user and group to become
//     --read-as-root           with layer `uid`: keep CAP_DAC_READ_SEARCH, so that a root host's files can be granted;
//                              only where Landlock is on. It counts for all that the planner may read, the system's
//                              programs, libraries and their data included, but not the rest of /usr
//     --filter NUMBER          with layer `seccomp`: the descriptor that holds the finished filter program
//     --memory BYTES           with layer `limits`: of data, for each process
//     --cpu SECONDS            with layer `limits`: of processor time, for each process
//     --processes NUMBER       with layer `limits`: processes and threads, where the user is its own
//     --writes-files           with layer `limits`: files may be written (a write grant), so no limit of zero
//     --stays-undumpable       with layer `undumpable`: PROGRAM puts it on again before it loads anything of the
//                              planner's, for execve takes it off; else it is stated off
//     --landlock-abi-max NUM   use no later Landlock than this (tests of older kernels)
//     --keep NUMBER            a descriptor that PROGRAM inherits under the same number (repeat)
//
// It puts the layers on and writes one line to descriptor 1, at most statement_bytes_max bytes:
//
//   {"planguild_worker":1,"layers":[["landlock","active","abi 7"],["seccomp","unavailable","EINVAL"],…]}
//
// with every layer below in that order and its state by messages/sandbox.hpp. A layer is active only if the worker saw
// that it is. Then it reads one line: go_line, and becomes PROGRAM; at anything else or the end of input it exits with
// worker_exit::refused. Whether the layers suffice is the host's decision. Nothing else is read, so what follows
// go_line is PROGRAM's.
//
// Besides what is granted, the planner may read and run the system's programs and libraries: grants.cpp lists them.
// Granted paths that do not exist are left out.
//
// With `pid_namespace` the planner is the second process of the namespace; the first only reaps, and the worker that
// the host started holds no descriptor, waits, and ends as the planner ended (same exit code or signal). When any of
// the three ends or is killed, so is everything in the namespace: see keeper.hpp.
//
// Details that both sides may rely on: "abi N" begins that of an active landlock, "uid N" that of an active uid; that
// of an unavailable layer begins with the name of the errno value, where the kernel gave one. All else is for people.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace planguild::worker_layers {

inline constexpr std::string_view no_new_privileges = "no_new_privileges";
inline constexpr std::string_view limits = "limits";  // resource limits
inline constexpr std::string_view landlock = "landlock";
inline constexpr std::string_view seccomp = "seccomp";
inline constexpr std::string_view user_namespace = "user_namespace";
inline constexpr std::string_view mount_namespace = "mount_namespace";  // a root of its own: grants and system alone
inline constexpr std::string_view pid_namespace = "pid_namespace";
inline constexpr std::string_view network_namespace = "network_namespace";
inline constexpr std::string_view ipc_namespace = "ipc_namespace";        // with that of the host name
inline constexpr std::string_view uid = "uid";                            // a user of its own, where the host is root
inline constexpr std::string_view capabilities = "capabilities";          // none are left, nor can be gained
inline constexpr std::string_view undumpable = "undumpable";              // no core, /proc is root's
inline constexpr std::string_view write_or_execute = "write_or_execute";  // no memory is both

/// All of them, in the order of the statement.
inline constexpr std::array all{no_new_privileges, limits,        landlock,          seccomp,       user_namespace,
                                mount_namespace,   pid_namespace, network_namespace, ipc_namespace, uid,
                                capabilities,      undumpable,    write_or_execute};

inline constexpr std::string_view go_line = "go\n";
inline constexpr std::size_t statement_bytes_max = 4'096;
/// Of a filter program. The kernel takes 4,096, and the worker adds some, by which it sees that the filter is in force.
inline constexpr std::size_t filter_instructions_max = 4'091;

/// In a filter program, an argument compared with this number means the worker's own process id: it replaces the
/// number before it puts the filter on.
inline constexpr std::uint32_t own_process_id = 0x7E57'0A1D;

}  // namespace planguild::worker_layers
