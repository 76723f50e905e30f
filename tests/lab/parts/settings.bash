# SPDX-License-Identifier: GPL-3.0-or-later
# What can be changed while the world runs, a file each.

settings_defaults() {
  printf '%s\n' 'isp=password network' isp-sender=any hotel-server=yes hotel-25=open \
    hotel-587=open hotel-465=open hotel-tls=yes hotel-portal=no isp-greylist=no \
    isp-mechanisms=any dns=open |
    while IFS='=' read -r name value; do
      echo "$value" >"$lab/settings/$name"
    done
}

setting() {
  cat "$lab/settings/$1"
}

settings_check() {
  case $1=$2 in
  isp=* | isp-sender=any | isp-sender=own | hotel-server=yes | hotel-server=no) ;;
  isp-mechanisms=?*) ;;
  hotel-25=redirected | hotel-587=redirected | hotel-465=redirected) ;;
  hotel-25=refused | dns=open | dns=silent) ;;
  hotel-tls=yes | hotel-tls=no | hotel-portal=yes | hotel-portal=no) ;;
  isp-greylist=yes | isp-greylist=no) ;;
  hotel-25=open | hotel-587=open | hotel-465=open) ;;
  hotel-25=dropped | hotel-587=dropped | hotel-465=dropped) ;;
  *) fail "unknown setting $1=$2" ;;
  esac
}

settings_set() {
  settings_check "$1" "$2"
  echo "$2" >"$lab/settings/$1"
  case $1 in
  isp | isp-sender | isp-mechanisms | isp-greylist) settings_apply_isp ;;
  hotel-tls) postfix_tls "$2" ;;
  *) links_filter ;;
  esac
}

settings_apply_isp() {
  # shellcheck disable=SC2046
  postfix_permit $(setting isp)
  postfix_sender "$(setting isp-sender)"
  postfix_mechanisms "$(setting isp-mechanisms)"
  postfix_greylist "$(setting isp-greylist)"
}

settings_apply() {
  settings_apply_isp
  postfix_tls "$(setting hotel-tls)"
  links_filter
}
