# SPDX-License-Identifier: GPL-3.0-or-later
# Proxies on a machine far away, adatum's (198.18.1.25): SOCKS by microsocks on 1080, and
# on 1081 for who has a password; HTTP by tinyproxy on 3128, on 3129 for who has a
# password, and on 3130 for the web alone.

proxies_start() {
  [ ! -d "$lab/proxies" ] || return 0
  mkdir "$lab/proxies"
  proxies_socks 1080
  proxies_socks 1081 -u somebody -P 'something'
  proxies_http 3128 'ConnectPort 465' 'ConnectPort 587' 'ConnectPort 25'
  proxies_http 3129 'BasicAuth somebody something'
  proxies_http 3130 'ConnectPort 443'
}

proxies_socks() {
  local port=$1
  shift
  in_place adatum microsocks -i 198.18.1.25 -p "$port" "$@" </dev/null \
    >"$lab/proxies/$port.log" 2>&1 &
  wait_for 5 "the proxy at $port" proxies_listen "$port"
}

# proxies_http PORT LINE...
proxies_http() {
  local port=$1
  shift
  {
    printf 'Listen 198.18.1.25\nPort %s\nTimeout 60\nMaxClients 20\n' "$port"
    printf 'LogLevel Info\nLogFile "%s/proxies/%s.log"\n' "$lab" "$port"
    printf '%s\n' "$@"
  } >"$lab/proxies/$port.conf"
  in_place adatum tinyproxy -d -c "$lab/proxies/$port.conf" </dev/null >/dev/null 2>&1 &
  wait_for 5 "the proxy at $port" proxies_listen "$port"
}

proxies_listen() {
  ip netns exec adatum bash -c "exec 3<>/dev/tcp/198.18.1.25/$1"
}
