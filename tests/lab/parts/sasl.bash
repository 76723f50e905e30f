# SPDX-License-Identifier: GPL-3.0-or-later
# More ways to log in at the ISP's, each on a port of its own that offers nothing else:
# Postfix with what its Dovecot checks, and Dovecot's own submission service for
# certificates, which Postfix does not pass on.

declare -A sasl_port=([plain]=6001 [login]=6002 [cram-md5]=6003 [digest-md5]=6004
  [scram-sha-256]=6005 [gssapi]=6006)
sasl_certificate_port=6007

# In Postfix's list of services from the start; they work when Dovecot does.
sasl_services() {
  local mechanism
  for mechanism in "${!sasl_port[@]}"; do
    echo "${sasl_port[$mechanism]} inet n - n - - smtpd -o max_use=1" \
      "-o syslog_name=postfix/sasl-$mechanism -o smtpd_tls_security_level=encrypt" \
      "-o smtpd_sasl_auth_enable=yes -o smtpd_sasl_path=$lab/sasl/auth" \
      "-o smtpd_sasl_mechanism_filter=$mechanism -o smtpd_relay_restrictions=" \
      '-o smtpd_recipient_restrictions=permit_sasl_authenticated,reject'
  done
}

sasl_start() {
  local folder=$lab/sasl
  [ ! -d "$folder" ] || return 0
  kerberos_start
  certificate_make terri
  certificate_make eve
  chown terri: "$lab"/ca/{terri,eve}.*
  mkdir -p "$folder/mail"
  chown vmail: "$folder/mail"
  echo 'terri:{PLAIN}pw of terri' >"$folder/users"
  sasl_configuration "$folder" >"$folder/dovecot.conf"
  in_place proseware dovecot -F -c "$folder/dovecot.conf" </dev/null >>"$folder/log" 2>&1 &
  wait_for 10 "Dovecot for SASL" test -S "$folder/auth"
  wait_for 10 "Dovecot's submission" sasl_submission_listens
}

sasl_submission_listens() {
  ip netns exec proseware bash -c 'exec 3<>/dev/tcp/127.0.0.1/6007'
}

sasl_configuration() {
  cat <<TEXT
base_dir = $1/run
state_dir = $1/state
log_path = $1/log
auth_verbose = yes
auth_failure_delay = 0
protocols = submission
ssl = required
ssl_cert = <$lab/ca/mail.proseware.com.pem
ssl_key = <$lab/ca/mail.proseware.com.key
auth_mechanisms = plain login cram-md5 digest-md5 scram-sha-256 gssapi external
auth_username_format = %Ln
auth_gssapi_hostname = mail.proseware.com
auth_krb5_keytab = $lab/kerberos/keytab
mail_location = maildir:$1/mail/%n
first_valid_uid = 1
passdb {
  driver = static
  args = nopassword=y
  mechanisms = external
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%n $1/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=$1/mail/%n
}
service auth {
  unix_listener $1/auth {
    mode = 0666
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
hostname = mail.proseware.com
submission_relay_host = 127.0.0.1
submission_relay_port = 25
service submission-login {
  inet_listener submission {
    port = $sasl_certificate_port
  }
}
# Known by its certificate is who shows one, and nobody else comes to the submission.
auth_ssl_username_from_cert = yes
ssl_ca = <$lab/ca/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
protocol submission {
  auth_ssl_require_client_cert = yes
}
TEXT
}
