# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Debian's suites in chroots, for the scripts that source this file after lib.sh. The
# chroots are in build-versions/ (or where MPTCP_CHROOTS says): SUITE.base is as
# mmdebstrap made it; SUITE is the one of fresh-machine, with a clone of the project in
# the home of an ordinary user, 2 GB each. They need root or sudo.

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

# run_as_user CHROOT COMMAND: as the ordinary user that add_user made, in that user's clone of the
# project (if there is one), with the environment of a login on a machine without locales.
run_as_user() {
    local command
    command=$(printf '%q' "cd ~/mptcp 2>/dev/null || cd; $2")
    run_in "$1" "setpriv --reuid=1000 --regid=1000 --init-groups \
        env -i HOME=/home/user USER=user LOGNAME=user SHELL=/bin/bash \
        PATH=/usr/local/bin:/usr/bin:/bin bash -o pipefail -c $command; exit \$?"
}

# apt_in CHROOT ARGUMENT…: apt-get in there, which asks nothing.
apt_in() {
    run_in "$1" "DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Dpkg::Use-Pty=0 ${*:2}"
}

# fresh_chroot SUITE CHROOT: mmdebstrap's smallest variant that has apt, plus what a clone of the
# project and its installation need: git and sudo.
fresh_chroot() {
    local base=$chroots/$1.base
    if [ ! -e "$base" ]; then
        mkdir -p "$chroots"
        # A mirror's index may be older than it says that it may be.
        as_root rm -rf "$base.new"
        as_root mmdebstrap --quiet --variant=apt --include=git,sudo \
            --aptopt='Acquire::Check-Valid-Until "false"' "$1" "$base.new"
        as_root mv "$base.new" "$base"
    fi
    as_root rm -rf "${chroots:?}/$2"
    as_root cp --archive "$base" "$chroots/$2"
}

# add_user CHROOT: an ordinary user with sudo. The programs that add users are not installed.
add_user() {
    run_in "$1" "echo 'user:x:1000:1000::/home/user:/bin/bash' >>/etc/passwd
        echo 'user:x:1000:' >>/etc/group
        echo 'user:*:19000:0:99999:7:::' >>/etc/shadow
        echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
        echo 'APT::Get::Assume-Yes \"true\";' >/etc/apt/apt.conf.d/assume-yes
        cp --recursive --no-target-directory /etc/skel /home/user
        chown -R 1000:1000 /home/user"
}

# clone_sources CHROOT: has the user clone the working tree as it is, with what is not committed.
clone_sources() {
    local origin=$chroots/$1/srv/mptcp
    as_root rm -rf "$origin"
    as_root mkdir -p "$origin"
    git -C "$root" ls-files -z --cached --others --exclude-standard --deduplicate |
        tar --create --directory "$root" --null --files-from - --ignore-failed-read |
        as_root tar --extract --no-same-owner --directory "$origin"
    run_in "$1" "cd /srv/mptcp && git init --quiet && git add --all --force &&
        git -c user.name=user -c user.email=user@localhost commit --quiet --message 'As it is' &&
        chown -R 1000:1000 ."
    run_as_user "$1" "git clone --quiet /srv/mptcp mptcp"
}
