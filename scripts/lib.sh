# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# Functions and variables that the other scripts share; they source this file. It
# defines the folders of the project and of its build, --help, messages and errors,
# builds with sanitizers, and commands that run as root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scripts=$root/scripts
# The build folder; tests/conftest.py reads the same variable.
MPTCP_BUILD=$(realpath -m "${MPTCP_BUILD:-$root/build}")
export MPTCP_BUILD
# CMake options: compile each library as one file, so that common headers are parsed once.
in_one_piece=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
debian_python=/usr/bin/python3 # the interpreter that finds Debian's Python packages
# GLIBC_TUNABLES for clang and cppcheck: their memory in large pages, which takes an eighth less
# processor time.
large_pages=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864

# Every script describes itself in the comment at its beginning.
if [ "${1-}" = --help ]; then
    sed --quiet '4,/^[^#]/ { /^[^#]/ d; s/^# \{0,1\}//; p }' "$0"
    exit
fi

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

say() {
    printf '%s\n' "$*" >&2
}

# require_capture FILE: dies unless this is a file that this user can read.
require_capture() {
    [ ! -d "$1" ] || die "$1 is a folder; name a capture file"
    [ -f "$1" ] || die "there is no file $1"
    [ -r "$1" ] || die "cannot read $1: permission denied"
}

# quietly MESSAGE COMMAND…: prints the message, on a terminal a dot every five seconds, and
# the command's output only if it fails.
quietly() {
    local output status=0 dots=
    printf '%s' "$1" >&2
    if [ -t 2 ]; then
        # A background job ignores Ctrl-C, so it ends with the script.
        while sleep 5 && kill -0 $$ 2>/dev/null; do printf . >&2; done &
        dots=$!
    fi
    output=$("${@:2}" 2>&1) || status=$?
    [ -z "$dots" ] || kill "$dots"
    say
    [ "$status" = 0 ] || say "$output"
    return "$status"
}

# build_quietly MESSAGE [TARGET]: as quietly with scripts/build, if there is anything to build.
build_quietly() {
    local target=()
    [ -z "${2-}" ] || target=(--target "$2")
    if [ -f "$MPTCP_BUILD/build.ninja" ] &&
        ninja -C "$MPTCP_BUILD" -n "${@:2}" 2>/dev/null | grep --quiet '^ninja: no work to do'; then
        return
    fi
    quietly "$1" "$scripts/build" "${target[@]}"
}

# has_target NAME: true if the build was configured with this target.
has_target() {
    cmake --build "$MPTCP_BUILD" --target help | grep --word-regexp "$1" >/dev/null # --quiet stops early
}

# use_sanitized_build: sets MPTCP_BUILD to a separate build of the plugin and the fuzzers
# by clang with sanitizers, and updates that build.
use_sanitized_build() {
    export MPTCP_BUILD=$MPTCP_BUILD-fuzz
    local options=()
    [ -f "$MPTCP_BUILD/CMakeCache.txt" ] ||
        options=(-DCMAKE_CXX_COMPILER=clang++ -DMPTCP_FUZZ=ON -DBUILD_TESTING=OFF -DMPTCP_QT=OFF)
    GLIBC_TUNABLES=$large_pages quietly "Building with sanitizers" "$scripts/build" "${options[@]}"
}

# fuzzers: prints the names of all fuzzers, without "_fuzzer".
fuzzers() {
    basename --multiple --suffix=_fuzzer.cpp "$root"/tests/fuzz/*_fuzzer.cpp
}

can_be_root() {
    [ "$EUID" = 0 ] || command -v sudo >/dev/null
}

as_root() {
    if [ "$EUID" = 0 ]; then "$@"; else sudo "$@"; fi
}
