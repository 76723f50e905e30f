# SPDX-License-Identifier: GPL-3.0-or-later
# The ISP's sign-in: Dovecot asks login.proseware.com whether a token counts (RFC 7662).
# The server there is a test's own, see sign-in-server.h.

oauth_configuration() {
  cat <<TEXT
introspection_mode = post
introspection_url = https://dovecot:secret%20of%20dovecot@login.proseware.com/introspect
username_attribute = username
username_format = %Ln
active_attribute = active
active_value = true
scope = smtp.send
tls_ca_cert_file = $lab/ca/ca.pem
timeout_msecs = 3000
TEXT
}

# For each server's Dovecot: what it says about tokens, nothing for those without.
oauth_passdb() {
  [ "$1" = proseware ] || return 0
  oauth_configuration >"$lab/$1/dovecot/oauth2.conf"
  cat <<TEXT
auth_mechanisms = \$auth_mechanisms xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $lab/$1/dovecot/oauth2.conf
}
TEXT
}
