# SPDX-License-Identifier: GPL-3.0-or-later
# The laboratory's certification authority, which the laptop trusts as any other.

certificates_make() {
  mkdir "$lab/ca"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -subj '/CN=Laboratory' -keyout "$lab/ca/ca.key" -out "$lab/ca/ca.pem" 2>/dev/null
  certificate_make mail.proseware.com pop.proseware.com
  certificate_make login.proseware.com
  certificate_make mail.thephone-company.com
  certificate_make relay.hotel.example
  certificate_make mx.adatum.com
  cat "$lab/ca/ca.pem" >>/etc/ssl/certs/ca-certificates.crt
}

certificate_make() {
  local names
  names=$(printf ',DNS:%s' "$@")
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
    -CA "$lab/ca/ca.pem" -CAkey "$lab/ca/ca.key" -subj "/CN=$1" \
    -addext "subjectAltName=${names:1}" -addext 'basicConstraints=critical,CA:FALSE' \
    -keyout "$lab/ca/$1.key" -out "$lab/ca/$1.pem" 2>/dev/null
  chmod 600 "$lab/ca/$1.key"
}
