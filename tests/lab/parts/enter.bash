# SPDX-License-Identifier: GPL-3.0-or-later
# The way in: namespaces of our own, and in them the unpacked servers at their true
# places (overlays that nobody else sees) with the accounts that they want.

# The processes' namespace ends them all when its first one, or we, are killed.
enter() {
  [ "$(id -u)" = 0 ] || fail "needs root: run it with sudo"
  local build
  build=$(readlink -f "$1")
  [ -d "$build/lab/root/usr" ] ||
    fail "no servers in $build/lab: run 'tests/lab/unpack $build/lab' first"
  shift
  exec unshare --mount --net --pid --fork --kill-child --mount-proc \
    "$0" inside "$build" "$@"
}

# Not exec: bash stays as the first process and reaps what daemons leave behind.
inside() {
  local build=$1
  shift
  enter_mounts "$build"
  enter_accounts
  ip link set lo up
  mkdir "$lab/settings"
  settings_defaults
  export PATH=$lab/source/tests/lab:$PATH
  "$@"
}

# Everything under $lab is in memory: real servers sync each message to the disk. It is
# made elsewhere and moved, for the tree or the build may lie under /srv themselves.
# Binding them gives the laptop's user a path to both, whatever folders they lie in.
enter_mounts() {
  local build=$1 made
  made=$(mktemp -d)
  mount -t tmpfs -o mode=755 tmpfs "$made"
  mkdir -p "$made"/lab/{etc/upper,etc/work,build,source,home/terri}
  mount --bind "$build" "$made/lab/build"
  mount --bind "${here%/tests/lab}" "$made/lab/source"
  mkdir -p /srv
  mount --move "$made" /srv
  rmdir "$made"
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir /run/netns
  mount -t overlay overlay -o "lowerdir=$lab/build/lab/root/usr:/usr" /usr ||
    fail "this kernel or container has no overlay file system, which the laboratory needs"
  mount -t overlay overlay \
    -o "lowerdir=$lab/build/lab/root/etc:/etc,upperdir=$lab/etc/upper,workdir=$lab/etc/work" /etc
}

enter_accounts() {
  local name number
  while read -r name number; do
    sed -i "/^$name:/d" /etc/passwd /etc/group
    echo "$name:x:$number:$number::$lab/home/$name:/usr/sbin/nologin" >>/etc/passwd
    echo "$name:x:$number:" >>/etc/group
  done <<'LIST'
postfix 64101
postdrop 64102
dovecot 64103
dovenull 64104
vmail 64105
terri 64110
LIST
  chown terri: "$lab/home/terri"
  chmod 700 "$lab/home/terri"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >/etc/nsswitch.conf
}
