# SPDX-License-Identifier: GPL-3.0-or-later
# A realm at the ISP's: a Kerberos server, and a configuration that the whole world
# sees. The laptop's user has the password "pw of terri" there as well.

kerberos_start() {
  local folder=$lab/kerberos
  mkdir "$folder"
  kerberos_configuration >/etc/krb5.conf
  kerberos_realm "$folder" >"$folder/kdc.conf"
  export KRB5_KDC_PROFILE=$folder/kdc.conf
  {
    kdb5_util create -s -r PROSEWARE.COM -P 'pw of the realm'
    kadmin.local -q 'add_principal -pw "pw of terri" terri'
    kadmin.local -q 'add_principal -randkey smtp/mail.proseware.com'
    kadmin.local -q "ktadd -k $folder/keytab smtp/mail.proseware.com"
  } >"$folder/setup.log" 2>&1
  chmod 644 "$folder/keytab"
  in_place proseware krb5kdc -n -P "$folder/pid" </dev/null >"$folder/log" 2>&1 &
  wait_for 5 "the Kerberos server" kerberos_listens
}

kerberos_listens() {
  ip netns exec proseware bash -c 'exec 3<>/dev/tcp/198.51.100.25/88'
}

# Canonical names are looked up, as they are by default.
kerberos_configuration() {
  cat <<TEXT
[libdefaults]
default_realm = PROSEWARE.COM
default_ccache_name = FILE:$lab/home/%{username}/tickets
rdns = false
[realms]
PROSEWARE.COM = {
  kdc = 198.51.100.25
}
[domain_realm]
.proseware.com = PROSEWARE.COM
TEXT
}

kerberos_realm() {
  cat <<TEXT
[realms]
PROSEWARE.COM = {
  database_name = $1/principal
  key_stash_file = $1/stash
  acl_file = $1/acl
}
[logging]
kdc = FILE:$1/kdc.log
TEXT
}
