// Every bound of the runtime in one place, each with its unit in its name and why it has this value.
// What goes over a bound gets a typed failure (`limit_exceeded`, `overloaded`, `invalid_manifest`, …) that names the
// bound.
#pragma once

#include <cstddef>
#include <cstdint>

namespace planguild::limits {

// -- names and text ---------------------------------------------------------------------------------------------------
inline constexpr std::size_t planner_name_bytes_min = 3;
inline constexpr std::size_t planner_name_bytes_max = 64;
inline constexpr std::size_t last_error_code_points = 240;   // as the predecessor kept
inline constexpr std::size_t description_code_points = 800;  // shown by describe; a manifest may hold more
inline constexpr std::size_t failure_message_bytes = 4'096;  // a failure is read by people
inline constexpr std::size_t objective_bytes_max =
    std::size_t{64} * 1'024;  // an objective is a sentence, not a document
inline constexpr std::size_t context_bytes_max = std::size_t{4} * 1'024 * 1'024;  // one protocol line must carry it

// -- manifests and discovery ------------------------------------------------------------------------------------------
inline constexpr std::size_t manifest_bytes_max = std::size_t{256} * 1'024;
inline constexpr std::size_t manifest_depth_max = 16;
inline constexpr std::size_t root_depth_max = 8;  // directories below a planner root
inline constexpr std::size_t planners_max = 100'000;
inline constexpr std::size_t directories_max = 100'000;                                // visited in one scan
inline constexpr std::size_t entry_file_bytes_max = std::size_t{256} * 1'024 * 1'024;  // read once to digest
inline constexpr std::size_t entry_files_max = 1'000;
inline constexpr std::size_t capabilities_per_planner_max = 1'024;
inline constexpr std::size_t import_failures_max = 10'000;  // kept of one run; the rest is counted

// -- configuration and requests ---------------------------------------------------------------------------------------
inline constexpr std::size_t config_file_bytes_max = std::size_t{1'024} * 1'024;
inline constexpr std::size_t config_depth_max = 4;
inline constexpr std::size_t grants_max = 1'000;            // entries of FACTORY_GRANTS
inline constexpr std::size_t grant_path_bytes_max = 4'095;  // the system's PATH_MAX, without the NUL at the end
inline constexpr std::size_t required_capabilities_max = 1'024;
inline constexpr std::size_t breakdown_rows_default = 16;
inline constexpr std::size_t label_code_points = 80;             // of a stranger's name inside a sentence
inline constexpr std::size_t capability_warnings_max = 8;        // of one selection
inline constexpr std::size_t similar_capabilities_max = 3;       // named by one warning
inline constexpr std::size_t listed_capabilities_max = 8;        // where none is similar
inline constexpr std::size_t capabilities_compared_max = 1'024;  // comparing costs the product of two lengths
inline constexpr std::size_t capability_compared_bytes_max = 64;
inline constexpr std::int64_t batch_names_max = 100'000;
inline constexpr std::size_t selections_per_message_max = 1'024;  // of select_many: the registry does nothing else

// -- planner protocol -------------------------------------------------------------------------------------------------
inline constexpr std::size_t protocol_line_bytes_max = std::size_t{4} * 1'024 * 1'024;
inline constexpr std::size_t protocol_depth_max = 64;
/// Of a context by itself: in a request to a planner it is inside `params`, which is inside the request.
inline constexpr std::size_t context_depth_max = protocol_depth_max - 2;
inline constexpr std::size_t stderr_tail_bytes = std::size_t{64} * 1'024;
inline constexpr std::size_t stderr_bytes_max =
    std::size_t{16} * 1'024 * 1'024;  // from one request to the next, of which the end is kept; more is a flood
inline constexpr std::size_t notifications_per_request_max = 10'000;  // progress and log lines; more is a flood
inline constexpr std::int64_t reply_settle_ms = 10;  // a plan counts once nothing follows it for so long
inline constexpr std::size_t plan_tasks_max = 2'000;
inline constexpr std::size_t plan_bytes_max = std::size_t{4} * 1'024 * 1'024;
inline constexpr std::int64_t closed_output_ms =
    500;                                              // from the end of a planner's output to the kill: exits take some
inline constexpr std::int64_t cancel_grace_ms = 200;  // from `$/cancel` or `shutdown` to the kill

// -- instances --------------------------------------------------------------------------------------------------------
inline constexpr std::size_t instance_queue_max = 64;       // requests that wait for one instance
inline constexpr std::size_t acquire_waiters_max = 65'536;  // waiters of one flight
inline constexpr std::int64_t restart_backoff_ms_min = 200;
inline constexpr std::int64_t restart_backoff_ms_max = 2'000;
inline constexpr double restart_jitter = 0.2;  // ± this share of the delay
inline constexpr int restarts_max = 3;         // within restart_window_ms
inline constexpr std::int64_t restart_window_ms = 10'000;
inline constexpr std::int64_t idle_retire_s = 300;
inline constexpr std::int64_t drain_ms = 5'000;
inline constexpr std::int64_t timeout_ms_max = std::int64_t{24} * 3'600 * 1'000;  // one day; a longer wait is a mistake
inline constexpr int probes_at_once_max = 4;  // a probe is a process; a scan may find thousands
inline constexpr std::uint64_t planner_memory_bytes_max = std::uint64_t{1'024} * 1'024 * 1'024;  // data of one process
inline constexpr std::uint64_t planner_cpu_s_max =
    std::uint64_t{24} * 3'600;                              // of one process: all its plans, all its threads
inline constexpr std::uint64_t planner_processes_max = 64;  // processes and threads of one planner's user
inline constexpr std::size_t planner_paths_max = 256;       // granted to one process: more are refused by its worker
inline constexpr std::size_t planner_ports_max = 64;        // likewise
inline constexpr std::uint64_t planner_files_bytes_max = std::uint64_t{1'024} * 1'024 * 1'024;  // copied for one start
inline constexpr std::size_t planner_folder_depth_max = 64;  // folders below a planner's own on the way to a file of it
inline constexpr int planner_links_max = 40;                 // symbolic links on that way, as the kernel allows
inline constexpr std::size_t file_copies_kept_max = 64;      // sets of copies for the next start; each a folder on disk
// User ids that belong to nobody on Debian and Ubuntu (systemd gives them to units without a user of their own). A root
// host lets each planner have one of them, by its name.
inline constexpr std::uint32_t planner_uid_min = 61'184;
inline constexpr std::uint32_t planner_uid_max = 65'518;

// -- registry, profiler, store, shutdown ------------------------------------------------------------------------------
inline constexpr std::int64_t snapshot_interval_ms = 10;
inline constexpr std::int64_t samples_interval_ms = 10;  // under load the profiler hears of selections so often
inline constexpr std::int64_t snapshot_max_age_ms = 1'000;
inline constexpr std::size_t snapshot_rows_sorted_at_once = 1'024;  // by the registry; more are sorted by readers
inline constexpr std::int64_t max_profiles_cap = 100'000;           // about 200 bytes a sample: 20 MB for each kind
inline constexpr std::size_t samples_per_message_max = 1'024;
inline constexpr std::int64_t sample_batch_age_ms_max = 100;      // a selector that still selects sends by then
inline constexpr std::int64_t sample_batches_in_flight_max = 64;  // of a runtime's selectors; more are dropped, counted
inline constexpr std::size_t kept_answers_max = 64;          // of the last requests, by the registry and each selector
inline constexpr std::size_t selections_remembered = 1'000;  // for the tie-break `least_recent`
inline constexpr std::int64_t store_recall_ms = 500;
inline constexpr std::int64_t store_commit_ms = 2'000;
inline constexpr std::size_t stored_samples_max = 100;         // of each kind, of all runtimes that share a store
inline constexpr std::int64_t samples_saved_after_ms = 5'000;  // from a first new sample to the store
inline constexpr std::size_t crashes_max = 1'000;              // reports kept, one for each name: up to 70 KB each
inline constexpr std::size_t store_queue_max = 10'000;         // updates that wait for the disk
inline constexpr std::int64_t shutdown_ms_default = 10'000;
inline constexpr std::size_t waiting_requests_max = 65'536;  // requests that wait for the first discovery
inline constexpr std::size_t fallback_planners_max = 16;
inline constexpr std::int64_t heal_attempts_max = 100;
inline constexpr std::int64_t heal_pause_ms_min = 200;
inline constexpr std::int64_t heal_pause_ms_max = 2'000;
inline constexpr std::size_t failure_archives_max = 32;      // of import failures, one for each reload
inline constexpr std::size_t warning_keys_max = 10'000;      // warnings that are given once
inline constexpr std::size_t subscribers_max = 1'000;        // to events
inline constexpr std::size_t configure_values_max = 100;     // in one patch; there are fewer variables
inline constexpr std::int64_t roots_quiet_ms = 200;          // from the last change under a root to the scan
inline constexpr std::int64_t roots_unquiet_ms_max = 2'000;  // a root that never rests is scanned all the same
inline constexpr std::int64_t diagnostics_samples = 25;      // of each kind

static_assert(manifest_bytes_max < protocol_line_bytes_max);
static_assert(cancel_grace_ms < drain_ms);

}  // namespace planguild::limits
