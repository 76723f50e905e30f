# SPDX-License-Identifier: GPL-3.0-or-later
# Dovecot: AUTH for Postfix, POP3, and the note that POP-before-SMTP leaves.

# dovecot_start SERVER HOST USER...   the password of USER is "pw of USER"
dovecot_start() {
  local server=$1 host=$2 folder=$lab/$1/dovecot user
  shift 2
  mkdir -p "$folder"
  chmod 755 "$lab/$server" "$folder"
  for user in "$@"; do
    printf '%s:{PLAIN}pw of %s\n%s@%s:{PLAIN}pw of %s\n' \
      "$user" "$user" "$user" "${host#mail.}" "$user"
  done >"$folder/users"
  dovecot_hook "$server" >"$folder/after-login"
  chmod 755 "$folder/after-login"
  dovecot_configuration "$server" "$host" >"$folder/dovecot.conf"
  in_place "$server" dovecot -F -c "$folder/dovecot.conf" </dev/null >>"$folder/log" 2>&1 &
  wait_for 10 "Dovecot of $server" test -S "$folder/auth"
}

# After a POP3 login the client's address may relay. Postfix reads the file anew for
# every session, and wants each address once.
dovecot_hook() {
  cat <<TEXT
#!/bin/sh
grep -qx "\$IP OK" $lab/$1/pop/clients || echo "\$IP OK" >>$lab/$1/pop/clients
touch -d '1 minute ago' $lab/$1/pop/clients
exec "\$@"
TEXT
}

dovecot_configuration() {
  local folder=$lab/$1/dovecot
  mkdir -p "$lab/$1/pop"
  touch "$lab/$1/pop/clients"
  chown -R vmail: "$lab/$1/pop"
  cat <<TEXT
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/log
auth_verbose = yes
auth_failure_delay = 0
protocols = pop3
ssl = yes
ssl_cert = <$lab/ca/$2.pem
ssl_key = <$lab/ca/$2.key
disable_plaintext_auth = yes
auth_mechanisms = plain login cram-md5 scram-sha-256 apop
auth_username_format = %Ln
mail_location = maildir:$lab/$1/mail/%n
first_valid_uid = 1
$(oauth_passdb "$1")
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-256 apop
  args = scheme=PLAIN username_format=%n $folder/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=$lab/$1/mail/%n
}
service auth {
  unix_listener $folder/auth {
    mode = 0666
  }
}
# A wrong password would make the next logins from its address wait.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service pop3 {
  executable = pop3 after-login
}
service after-login {
  executable = script-login $folder/after-login
  user = vmail
  unix_listener after-login {
  }
}
TEXT
}
