# SPDX-License-Identifier: GPL-3.0-or-later
# The real NetworkManager on the laptop: a profile for each place, as a wireless network
# has, and addresses from the places' DHCP. It asks the URI that it is given, if any,
# whether a login page is in the way.

networkmanager_start() {
  local folder=$lab/networkmanager place
  ip -n laptop addr flush dev eth0
  namespace_resolver_from "$folder"
  in_place laptop "$here/networkmanager" bus "$folder"
  mkdir -p "$folder/connections"
  chmod 700 "$folder/connections"
  for place in home office hotel; do
    networkmanager_profile "$place" >"$folder/connections/$place.nmconnection"
  done
  chmod 600 "$folder"/connections/*
  [ $# -eq 0 ] || networkmanager_asks "$1"
  in_place laptop "$here/networkmanager" start "$folder" "$lab/build/lab"
  networkmanager_roam "$(cat "$lab/place")"
}

networkmanager_asks() {
  mkdir -p "$lab/networkmanager/conf.d"
  printf '[connectivity]\nuri=%s\ninterval=2\n' "$1" \
    >"$lab/networkmanager/conf.d/connectivity.conf"
}

# What NetworkManager learns is what programs on the laptop see.
namespace_resolver_from() {
  mkdir -p "$1"
  touch "$1/resolv.conf"
  mount --bind "$1/resolv.conf" /etc/netns/laptop/resolv.conf
}

networkmanager_profile() {
  cat <<TEXT
[connection]
id=$1
uuid=00000000-0000-4000-8000-00000000000${place_number[$1]}
type=ethernet
interface-name=eth0
autoconnect=false
[ipv4]
method=auto
[ipv6]
method=disabled
TEXT
}

networkmanager_roam() {
  links_plug "$1"
  DBUS_SYSTEM_BUS_ADDRESS=unix:path=$lab/networkmanager/bus \
    in_place laptop nmcli --wait 20 connection up id "$1" >>"$lab/networkmanager/nmcli.log"
  wait_for 5 "the resolver of $1" \
    grep -q "^nameserver ${place_network[$1]}.1" "$lab/networkmanager/resolv.conf"
}
