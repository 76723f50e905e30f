# SPDX-License-Identifier: GPL-3.0-or-later
# The laptop's session bus with an unlocked gnome-keyring on it, as after a login.

keyring_start() {
  local home=$lab/home/terri
  keyring_bus "$home/bus" >"$lab/keyring.conf"
  (laptop dbus-daemon --nofork "--config-file=$lab/keyring.conf") \
    </dev/null >"$lab/keyring.log" 2>&1 &
  wait_for 10 "the session bus" test -S "$home/bus"
  (printf master | laptop env "XDG_RUNTIME_DIR=$home" gnome-keyring-daemon --foreground \
    --unlock --components=secrets) >>"$lab/keyring.log" 2>&1 &
  wait_for 10 "the keyring" keyring_is_open
}

# It starts nothing on its own: a keyring that the bus had started would be locked.
keyring_bus() {
  cat <<TEXT
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=$1</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
TEXT
}

keyring_is_open() {
  (laptop gdbus call --session --dest org.freedesktop.secrets \
    --object-path /org/freedesktop/secrets/collection/login \
    --method org.freedesktop.DBus.Properties.Get org.freedesktop.Secret.Collection Locked) |
    grep -q false
}
