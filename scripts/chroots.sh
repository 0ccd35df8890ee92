# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Functions for chroots of Debian suites. Scripts source this file after lib.sh. The
# chroots are in build-versions/, or in the folder MPTCP_CHROOTS. SUITE.base is the
# output of mmdebstrap; SUITE is the chroot of fresh-machine, with a clone of the project
# in the home folder of an ordinary user. Each takes 2 GB. They need root or sudo.

chroots=$(realpath -m "${MPTCP_CHROOTS:-$root/build-versions}")
mkdir -p "$chroots" # logs are written here before the first chroot is created

# The mounts end with the process. The root is a mount point too, because tests with network
# namespaces require it.
# shellcheck disable=SC2016  # the inner shell expands these
inside='
mount --bind "$0" "$0" && mount -t proc proc "$0/proc" && mount -t tmpfs tmpfs "$0/run" &&
mount --rbind /sys "$0/sys" && mount --rbind /dev "$0/dev" &&
exec chroot "$0" env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c "$1"'

# run_in CHROOT COMMAND
run_in() {
    as_root unshare --mount --pid --fork --propagation private \
        bash -c "$inside" "$chroots/$1" "$2"
}

# run_as_user CHROOT COMMAND: runs it as the user that add_user created, in the user's clone of the
# project (if it exists), with the environment of a login on a machine without locales.
run_as_user() {
    local command
    command=$(printf '%q' "cd ~/mptcp 2>/dev/null || cd; $2")
    run_in "$1" "setpriv --reuid=1000 --regid=1000 --init-groups \
        env -i HOME=/home/user USER=user LOGNAME=user SHELL=/bin/bash \
        PATH=/usr/local/bin:/usr/bin:/bin bash -o pipefail -c $command; exit \$?"
}

# apt_in CHROOT ARGUMENT…: runs apt-get without prompts.
apt_in() {
    run_in "$1" "DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 -o Dpkg::Use-Pty=0 ${*:2}"
}

# fresh_chroot SUITE CHROOT: creates a chroot from mmdebstrap's smallest variant with apt, plus git
# and sudo, which cloning and installing the project need.
fresh_chroot() {
    local base=$chroots/$1.base
    if [ ! -e "$base" ]; then
        # The index of a mirror may have expired.
        as_root rm -rf "$base.new"
        as_root mmdebstrap --quiet --variant=apt --include=git,sudo \
            --aptopt='Acquire::Check-Valid-Until "false"' "$1" "$base.new"
        as_root mv "$base.new" "$base"
    fi
    as_root rm -rf "${chroots:?}/$2"
    as_root cp --archive "$base" "$chroots/$2"
}

# add_user CHROOT: adds an ordinary user with sudo. adduser and useradd are not installed.
add_user() {
    run_in "$1" "echo 'user:x:1000:1000::/home/user:/bin/bash' >>/etc/passwd
        echo 'user:x:1000:' >>/etc/group
        echo 'user:*:19000:0:99999:7:::' >>/etc/shadow
        echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
        echo 'APT::Get::Assume-Yes \"true\";' >/etc/apt/apt.conf.d/assume-yes
        cp --recursive --no-target-directory /etc/skel /home/user
        chown -R 1000:1000 /home/user"
}

# clone_sources CHROOT: clones the working tree for the user, including uncommitted changes.
clone_sources() {
    local origin=$chroots/$1/srv/mptcp
    as_root rm -rf "$origin"
    as_root mkdir -p "$origin"
    git -C "$root" ls-files -z --cached --others --exclude-standard --deduplicate |
        tar --create --directory "$root" --null --files-from - --ignore-failed-read |
        as_root tar --extract --no-same-owner --directory "$origin"
    # Maintenance would go on in the background, and create files of root after the chown.
    run_in "$1" "cd /srv/mptcp && git init --quiet && git add --all --force &&
        git -c user.name=user -c user.email=user@localhost -c maintenance.auto=false \
            commit --quiet --message 'As it is' &&
        chown -R 1000:1000 ."
    run_as_user "$1" "git clone --quiet /srv/mptcp mptcp"
}
