# SPDX-License-Identifier: GPL-3.0-or-later
# One dnsmasq on the router: the names of the world, and addresses for who asks.

names_start() {
  mkdir "$lab/names"
  {
    names_hosts
    names_leases home
    names_leases office
    names_leases hotel
  } >"$lab/names/conf"
  in_place internet dnsmasq --keep-in-foreground --conf-file="$lab/names/conf" \
    </dev/null >"$lab/names/log" 2>&1 &
  wait_for 5 "the name server" names_answer
}

names_answer() {
  ip netns exec internet bash -c 'exec 3<>/dev/tcp/198.51.100.1/53'
}

names_hosts() {
  cat <<TEXT
user=root
no-resolv
no-hosts
no-poll
pid-file=$lab/names/pid
dhcp-leasefile=$lab/names/leases
dhcp-authoritative
no-ping
log-facility=-
log-dhcp
local=/#/
host-record=mail.proseware.com,198.51.100.25
host-record=pop.proseware.com,198.51.100.25
host-record=login.proseware.com,198.51.100.25
host-record=mail.thephone-company.com,203.0.113.25
host-record=relay.hotel.example,198.18.7.25
host-record=mx.adatum.com,198.18.1.25
host-record=online.example,198.18.1.1
mx-host=proseware.com,mail.proseware.com,10
mx-host=thephone-company.com,mail.thephone-company.com,10
mx-host=hotel.example,relay.hotel.example,10
mx-host=adatum.com,mx.adatum.com,10
TEXT
}

names_leases() {
  local network=${place_network[$1]}
  cat <<TEXT
dhcp-range=set:$1,$network.100,$network.150,1h
dhcp-host=52:54:00:00:00:77,$network.77
dhcp-option=tag:$1,option:domain-name,${place_domain[$1]}
TEXT
}
