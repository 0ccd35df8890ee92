# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Debian's suites in chroots, for scripts/versions, which sources it after lib.sh. They
# lie in build-versions/ (or where MPTCP_CHROOTS says): SUITE.base as it was made, SUITE
# with all that the project needs, 2 GB each. They need root, or sudo.

chroots=$(realpath -m "${MPTCP_CHROOTS:-$root/build-versions}")

# What runs inside goes with its mounts: both end with the process. Its root is one, too: tests
# with network namespaces ask for that.
# shellcheck disable=SC2016  # the inner shell's own words
inside='
mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/run" &&
mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" &&
exec chroot "$0" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$1"'

# run_in CHROOT COMMAND
run_in() {
    as_root unshare --mount --pid --fork --propagation private \
        bash -c "$inside" "$chroots/$1" "$2"
}

# apt_in CHROOT ARGUMENT…: apt-get in there, which asks nothing.
apt_in() {
    run_in "$1" "DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Dpkg::Use-Pty=0 ${*:2}"
}

# fresh_chroot SUITE CHROOT: one in which nothing was installed.
fresh_chroot() {
    local base=$chroots/$1.base
    if [ ! -e "$base" ]; then
        mkdir -p "$chroots"
        # A mirror's index may be older than it says that it may be.
        as_root rm -rf "$base.new"
        as_root mmdebstrap --quiet --variant=apt \
            --aptopt='Acquire::Check-Valid-Until "false"' "$1" "$base.new"
        as_root mv "$base.new" "$base"
    fi
    as_root rm -rf "${chroots:?}/$2"
    as_root cp --archive "$base" "$chroots/$2"
}

# copy_sources CHROOT: the working tree as it is, to /src.
copy_sources() {
    local target=$chroots/$1/src
    as_root rm -rf "$target"
    as_root mkdir "$target"
    git -C "$root" ls-files -z --cached --others --exclude-standard --deduplicate |
        tar --create --directory "$root" --null --files-from - --ignore-failed-read |
        as_root tar --extract --no-same-owner --directory "$target"
}
