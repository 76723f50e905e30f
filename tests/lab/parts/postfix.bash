# SPDX-License-Identifier: GPL-3.0-or-later
# Postfix, a whole one for each server. Each session has a fresh smtpd that reads the
# configuration anew (max_use=1), so that a changed setting holds for the next one.

# postfix_start SERVER HOST DOMAIN USER...
postfix_start() {
  local server=$1 host=$2 domain=$3 folder=$lab/$1
  shift 3
  mkdir -p "$folder/postfix"
  chmod 755 "$folder"
  postfix_folders "$folder"
  printf '%s\n' "$@" | sed "s/.*/&@$domain &\//" >"$folder/mailboxes"
  postfix_main "$server" "$host" "$domain" >"$folder/postfix/main.cf"
  postfix_services "$server" >"$folder/postfix/master.cf"
  postfix_settled "$folder"/postfix/*.cf "$folder/mailboxes" "$folder/owners"
  in_place "$server" /usr/lib/postfix/sbin/master -c "$folder/postfix" -d \
    </dev/null >>"$folder/master.log" 2>&1 &
}

# Postfix waits for a second or two before it reads a file that has just been written.
postfix_settled() {
  touch -d '1 minute ago' "$@"
}

postfix_folders() {
  local spool=$1/spool
  mkdir -p "$spool"/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,private,saved,trace} \
    "$spool"/{maildrop,public,pid} "$1/data" "$1/mail"
  chmod 700 "$spool"/*
  chown postfix: "$spool"/* "$1/data"
  chown root: "$spool/pid"
  chmod 755 "$spool/pid"
  chgrp postdrop "$spool/maildrop" "$spool/public"
  chmod 730 "$spool/maildrop"
  chmod 710 "$spool/public"
  chown vmail: "$1/mail"
}

postfix_main() {
  cat <<TEXT
compatibility_level = 3.6
queue_directory = $lab/$1/spool
data_directory = $lab/$1/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file_prefixes = $lab
maillog_file = $lab/$1/log
myhostname = $2
mydomain = $3
mydestination =
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = $3
virtual_mailbox_base = $lab/$1/mail
virtual_mailbox_maps = texthash:$lab/$1/mailboxes
virtual_uid_maps = static:64105
virtual_gid_maps = static:64105
virtual_minimum_uid = 100
smtpd_tls_security_level = may
smtpd_tls_cert_file = $lab/ca/$2.pem
smtpd_tls_key_file = $lab/ca/$2.key
smtpd_tls_auth_only = yes
smtpd_tls_loglevel = 1
smtpd_sasl_type = dovecot
smtpd_sasl_path = $lab/$1/dovecot/auth
smtpd_sender_login_maps = texthash:$lab/$1/owners
lab_access =
lab_sender =
lab_greylist =
smtpd_relay_restrictions = \$lab_access, reject_unauth_destination
smtpd_sender_restrictions = \$lab_sender
smtpd_recipient_restrictions = \$lab_greylist
message_size_limit = 0
mailbox_size_limit = 0
virtual_mailbox_limit = 0
in_flow_delay = 0
smtp_tls_security_level = none
TEXT
  postfix_policy "$1"
}

# Who may relay here. The ISP's own is in the settings.
postfix_policy() {
  touch "$lab/$1/owners"
  case $1 in
  proseware)
    printf 'terri@proseware.com terri\nrose@proseware.com rose\n' >"$lab/$1/owners"
    ;;
  thephone)
    printf 'mynetworks = 127.0.0.0/8, 203.0.113.0/24\n'
    printf 'lab_access = permit_mynetworks, permit_sasl_authenticated\n'
    printf 'smtpd_sasl_auth_enable = yes\n'
    ;;
  relay)
    # Every command that reaches it is in its log: what a redirected laptop told it.
    printf 'mynetworks = 127.0.0.0/8, 198.18.7.0/24\n'
    printf 'lab_access = permit_mynetworks\n'
    printf 'debug_peer_list = 198.18.7.0/24\ndebug_peer_level = 1\n'
    # It asks for a password at once, in clear too, and would know the ISP's.
    printf 'smtpd_sasl_auth_enable = yes\nsmtpd_tls_auth_only = no\n'
    printf 'smtpd_sasl_path = %s\n' "$lab/proseware/dovecot/auth"
    ;;
  adatum) printf 'mynetworks = 127.0.0.0/8\n' ;;
  esac
}

postfix_services() {
  echo 'smtp inet n - n - - smtpd -o max_use=1'
  case $1 in
  proseware | thephone)
    postfix_submission submission -o smtpd_tls_security_level=encrypt
    postfix_submission submissions -o smtpd_tls_wrappermode=yes
    ;;
  esac
  [ "$1" != proseware ] || sasl_services
  cat <<'TEXT'
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
TEXT
}

postfix_submission() {
  local name=$1
  shift
  echo "$name inet n - n - - smtpd -o max_use=1 -o syslog_name=postfix/$name $*" \
    '-o smtpd_client_restrictions= -o smtpd_relay_restrictions=' \
    '-o smtpd_recipient_restrictions=permit_sasl_authenticated,reject'
}

# The ISP's permissions: a list of password, network, range and pop.
postfix_permit() {
  local kind networks='127.0.0.0/8' access='permit_mynetworks' sasl=no
  for kind in "$@"; do
    case $kind in
    password) sasl=yes access="$access, permit_sasl_authenticated" ;;
    network) networks="$networks, 198.51.100.0/24" ;;
    range) networks="$networks, 203.0.113.64/26" ;;
    pop) access="$access, check_client_access texthash:$lab/proseware/pop/clients" ;;
    *) fail "unknown permission '$kind': password, network, range or pop" ;;
    esac
  done
  postconf -c "$lab/proseware/postfix" -e "mynetworks = $networks" \
    "lab_access = $access" "smtpd_sasl_auth_enable = $sasl"
  postfix_settled "$lab/proseware/postfix/main.cf" "$lab/proseware/pop/clients"
}

postfix_sender() {
  local rule=
  [ "$1" = any ] || rule=reject_authenticated_sender_login_mismatch
  postconf -c "$lab/proseware/postfix" -e "lab_sender = $rule"
  postfix_settled "$lab/proseware/postfix/main.cf"
}

# What the ISP offers of all that its Dovecot can.
postfix_mechanisms() {
  local filter='!external, static:rest'
  [ "$1" = any ] || filter=$1
  postconf -c "$lab/proseware/postfix" -e "smtpd_sasl_mechanism_filter = $filter"
  postfix_settled "$lab/proseware/postfix/main.cf"
}

# The policy is a test's own server.
postfix_greylist() {
  local rule=
  [ "$1" = no ] || rule=check_policy_service\ inet:127.0.0.1:10023
  postconf -c "$lab/proseware/postfix" -e "lab_greylist = $rule"
  postfix_settled "$lab/proseware/postfix/main.cf"
}

# Whether the hotel's own server offers STARTTLS.
postfix_tls() {
  local level=may
  [ "$1" = yes ] || level=none
  postconf -c "$lab/relay/postfix" -e "smtpd_tls_security_level = $level"
  postfix_settled "$lab/relay/postfix/main.cf"
}
