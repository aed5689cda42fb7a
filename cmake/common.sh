# Shared by app/run, tests/run, benchmarks/run and .ci/run: says what is missing and installs it, configures a preset, builds
# targets with progress. Source it with `root` set to the checkout. Works as root and with sudo.

# Objects are the same wherever the checkout lies, so a second clone finds them in the compiler cache, if there is one.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# need "PACKAGE FILE…": each argument is a Debian package and a file that shows it is there (checked without starting dpkg, so
# that a run with everything in place costs nothing).
need() {
  local missing=() entry package file
  for entry in "$@"; do
    package=${entry%% *} file=${entry##* }
    [ -e "$file" ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "planguild needs these Debian packages, installing them: ${missing[*]}" >&2
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "You are not root and there is no sudo; install them, then run this again." >&2
      exit 2
    fi
    as_root=(sudo)
  fi
  # A fresh machine has no package lists; an old list may name versions that are gone.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq >&2 || true
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

build_packages() {
  need "g++ /usr/bin/g++" "cmake /usr/bin/cmake" "ninja-build /usr/bin/ninja" "libcaf-dev /usr/include/caf/config.hpp" \
    "nlohmann-json3-dev /usr/include/nlohmann/json_fwd.hpp" "libsqlite3-dev /usr/include/sqlite3.h" \
    "libssl-dev /usr/include/openssl/evp.h" "libseccomp-dev /usr/include/seccomp.h" "libcli11-dev /usr/include/CLI/CLI.hpp" "git /usr/bin/git"
}

test_packages() {
  need "catch2 /usr/include/catch2/catch.hpp" "python3 /usr/bin/python3" "ccache /usr/bin/ccache"
}

# may_build PRESET: whether this user may; else says so, and what can be run as it is.
may_build() {
  local folder=$root/.build/$1 program=$root/.build/$1/bin/planguild place=$root
  # Nothing but the build folder is written, once it is configured.
  [ ! -e "$folder/build.ninja" ] || place=$folder
  [ ! -w "$place" ] || return 0
  local as_is=
  [ ! -x "$program" ] || as_is="; $program can be run as it is"
  echo "$place cannot be written by $(id -un 2>/dev/null || id -u)$as_is" >&2
  return 1
}

# build PRESET TARGET…: configures once, then builds; silent when there is nothing to do.
build() {
  local preset=$1 folder="$root/.build/$1"
  may_build "$1" || exit 2
  shift
  if [ ! -e "$folder/build.ninja" ]; then
    echo "Configuring ${folder#"$root"/} (preset $preset)" >&2
    (cd "$root" && cmake --preset "$preset" -Wno-dev >"$root/.build-$preset.log" 2>&1) || {
      cat "$root/.build-$preset.log" >&2
      rm -f "$root/.build-$preset.log"
      exit 2
    }
    rm -f "$root/.build-$preset.log"
  fi
  # One line of progress on a terminal, lines elsewhere, nothing when there is nothing to do. A loop of the shell's own,
  # because Debian's awk holds piped lines back. A failure is the caller's: they all run with pipefail.
  ninja -C "$folder" "$@" 2>&1 | {
    local line open=
    while IFS= read -r line; do
      case $line in *"no work to do"* | *"Re-checking globbed"* | *"Entering directory"*) continue ;; esac
      if [ -t 2 ] && [[ $line == \[* ]]; then
        printf '\r\033[K%.100s' "$line"
        open=1
        continue
      fi
      [ -z "$open" ] || printf '\n'
      open=
      printf '%s\n' "$line"
    done
    [ -z "$open" ] || printf '\n'
  } >&2
}
