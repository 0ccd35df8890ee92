# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034
#
# What the scripts beside it share; they source it. Where the project and its
# build are, how to fail, how to be quiet, how to build with sanitizers, and how
# to become root.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scripts=$root/scripts
# The folder of the build; tests/conftest.py reads the same variable.
MPTCP_BUILD=$(realpath -m "${MPTCP_BUILD:-$root/build}")
export MPTCP_BUILD
# For cmake: a library's files as one, so that what they all include is read once.
in_one_piece=(-DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0)
debian_python=/usr/bin/python3 # Debian's Python packages belong to this one

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

say() {
    printf '%s\n' "$*" >&2
}

# quietly MESSAGE COMMAND…: shows the message, and what the command printed only if it fails.
quietly() {
    local output status=0
    say "$1"
    output=$("${@:2}" 2>&1) || status=$?
    [ "$status" = 0 ] || say "$output"
    return "$status"
}

# has_target NAME: whether the build was configured with this target.
has_target() {
    cmake --build "$MPTCP_BUILD" --target help | grep --word-regexp "$1" >/dev/null # reads all of it
}

# use_sanitized_build: from here on, MPTCP_BUILD is a build of its own, by clang, with
# sanitizers: the plugin and the fuzzers.
use_sanitized_build() {
    export MPTCP_BUILD=$MPTCP_BUILD-fuzz
    local options=()
    [ -f "$MPTCP_BUILD/CMakeCache.txt" ] ||
        options=(-DCMAKE_CXX_COMPILER=clang++ -DMPTCP_FUZZ=ON -DBUILD_TESTING=OFF -DMPTCP_QT=OFF)
    quietly "Building with sanitizers" "$scripts/build" "${options[@]}"
}

# fuzzers: the names of them all, less "_fuzzer".
fuzzers() {
    basename --multiple --suffix=_fuzzer.cpp "$root"/tests/fuzz/*_fuzzer.cpp
}

can_be_root() {
    [ "$EUID" = 0 ] || command -v sudo >/dev/null
}

as_root() {
    if [ "$EUID" = 0 ]; then "$@"; else sudo "$@"; fi
}
