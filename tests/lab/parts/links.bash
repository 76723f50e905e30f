# SPDX-License-Identifier: GPL-3.0-or-later
# Places, cables and who may pass: one namespace "internet" that routes between the
# places (a bridge each, the first address), one for each server, one for the laptop.

declare -A place_network=([home]=198.51.100 [office]=203.0.113 [hotel]=198.18.7
  [away]=198.18.1)
declare -A place_domain=([home]=home.proseware.com
  [office]=corp.thephone-company.com [hotel]=guest.hotel.example)
declare -A place_number=([home]=1 [office]=2 [hotel]=3 [away]=4)
declare -A server_place=([proseware]=home [thephone]=office [relay]=hotel [adatum]=away)

in_place() {
  local place=$1
  shift
  if [ "$(type -t "$1")" = function ]; then
    ip netns exec "$place" bash -c "$(declare -f "$1"); $1"
  else
    ip netns exec "$place" "$@"
  fi
}

links_up() {
  local place server
  ip netns add internet
  ip -n internet link set lo up
  in_place internet sysctl -qw net.ipv4.ip_forward=1
  for place in "${!place_network[@]}"; do
    bridge_make "$place"
  done
  for server in "${!server_place[@]}"; do
    place=${server_place[$server]}
    cable_make "$server" "$place"
    ip -n "$server" addr add "${place_network[$place]}.25/24" dev eth0
    ip -n "$server" route add default via "${place_network[$place]}.1"
    namespace_resolver "$server" "${place_network[$place]}.1" "example"
  done
  cable_make laptop home
  ip -n laptop link set eth0 address 52:54:00:00:00:77
}

# The gateway has another hardware address in each place, as gateways have.
bridge_make() {
  local bridge=br-$1
  ip -n internet link add "$bridge" type bridge forward_delay 0
  ip -n internet link set "$bridge" address "52:54:00:00:00:0${place_number[$1]}"
  ip -n internet addr add "${place_network[$1]}.1/24" dev "$bridge"
  ip -n internet link set "$bridge" up
}

cable_make() {
  ip netns add "$1"
  ip -n "$1" link set lo up
  ip -n internet link add "to-$1" type veth peer name eth0 netns "$1"
  ip -n internet link set "to-$1" master "br-$2" up
  ip -n "$1" link set eth0 up
}

# Written into the same file: "ip netns exec" shows the inode, not the name.
namespace_resolver() {
  mkdir -p "/etc/netns/$1"
  printf 'nameserver %s\nsearch %s\noptions timeout:2 attempts:2\n' "$2" "$3" \
    >"/etc/netns/$1/resolv.conf"
}

links_plug() {
  ip -n internet link set to-laptop up master "br-$1"
}

# Without NetworkManager: addresses, route and resolver by hand.
links_carry() {
  local network=${place_network[$1]}
  ip -n laptop addr flush dev eth0
  links_plug "$1"
  ip -n laptop addr add "$network.77/24" dev eth0
  ip -n laptop route replace default via "$network.1"
  namespace_resolver laptop "$network.1" "${place_domain[$1]}"
}

links_pull() {
  ip -n internet link set to-laptop down
}

# All filters of the router, from the settings.
links_filter() {
  {
    echo 'flush ruleset'
    echo 'table ip lab {'
    echo 'chain forward { type filter hook forward priority 0;'
    filter_port 25
    filter_port 587
    filter_port 465
    echo '}'
    echo 'chain input { type filter hook input priority 0;'
    [ "$(setting dns)" = open ] || silence_rules
    echo '}'
    redirect_rules
    [ "$(setting hotel-portal)" = no ] || portal_rules
    echo '}'
  } | in_place internet nft -f -
  relay_rules | in_place relay nft -f -
}

silence_rules() {
  cat <<'RULES'
ip saddr { 198.51.100.77, 203.0.113.77, 198.18.7.77 } udp dport 53 drop;
ip saddr { 198.51.100.77, 203.0.113.77, 198.18.7.77 } tcp dport 53 drop;
RULES
}

# A hotel without a server of its own: the machine is there for redirections only.
relay_rules() {
  echo 'flush ruleset'
  echo 'table ip lab {'
  echo 'chain input { type filter hook input priority 0;'
  [ "$(setting hotel-server)" = yes ] ||
    echo 'ip saddr 198.18.7.77 tcp dport 25 reject with tcp reset;'
  echo '}'
  echo '}'
}

filter_port() {
  case $(setting "hotel-$1") in
  dropped) echo "iifname br-hotel ip saddr 198.18.7.77 tcp dport $1 drop;" ;;
  refused) echo "iifname br-hotel ip saddr 198.18.7.77 tcp dport $1 reject with tcp reset;" ;;
  esac
}

# Everything else of the laptop's, but for names and addresses, gets no further.
portal_rules() {
  cat <<'RULES'
chain portal { type nat hook prerouting priority -100;
iifname br-hotel ip saddr 198.18.7.77 tcp dport 80 redirect to :8080;
iifname br-hotel ip saddr 198.18.7.77 tcp dport { 25, 465, 587 } redirect to :8025; }
chain stop { type filter hook forward priority 10;
iifname br-hotel ip saddr 198.18.7.77 reject with icmp type admin-prohibited; }
RULES
}

# To the hotel's own server, which has one port.
redirect_rules() {
  local port
  echo 'chain prerouting { type nat hook prerouting priority -100;'
  for port in 25 587 465; do
    [ "$(setting "hotel-$port")" != redirected ] ||
      echo "iifname br-hotel ip saddr 198.18.7.77 tcp dport $port dnat to 198.18.7.25:25;"
  done
  echo '}'
  echo 'chain postrouting { type nat hook postrouting priority 100;'
  echo 'ct status dnat ip daddr 198.18.7.25 tcp dport 25 masquerade; }'
}
