/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gtest/gtest.h>
#include <ostream>

#include "upstream/rp-connection.h"
#include "upstream/rp-curl-failure.h"

namespace
{

struct FailureRow
{
  const char *name;
  CURLcode result;
  const char *text;
  RpConnectionError error;
};

void
PrintTo (const FailureRow &row, std::ostream *out)
{
  *out << row.name;
}

class Failure : public testing::TestWithParam<FailureRow>
{
};

TEST_P (Failure, MeansWhatItMeans)
{
  g_autoptr (GError) error =
      rp_curl_failure_to_error (GetParam ().result, GetParam ().text, "mail.test", 465);

  EXPECT_TRUE (g_error_matches (error, RP_CONNECTION_ERROR, (int) GetParam ().error))
      << error->code;
  EXPECT_NE (std::string (error->message).find ("mail.test port 465"),
             std::string::npos);
}

/* The texts are curl 7.88's and OpenSSL 3.0's. */
const FailureRow rows[] = {
  { "refused", CURLE_COULDNT_CONNECT,
    "Failed to connect to mail.test port 465 after 0 ms: Couldn't connect to server",
    RP_CONNECTION_ERROR_UNREACHABLE },
  { "timed_out", CURLE_OPERATION_TIMEDOUT, "Connection timed out",
    RP_CONNECTION_ERROR_TIMED_OUT },
  { "no_name", CURLE_COULDNT_RESOLVE_HOST, "", RP_CONNECTION_ERROR_UNREACHABLE },
  { "proxy_refused", CURLE_PROXY, "cannot complete SOCKS5 connection",
    RP_CONNECTION_ERROR_UNREACHABLE },
  { "connection_lost", CURLE_RECV_ERROR, "Recv failure: Connection reset by peer",
    RP_CONNECTION_ERROR_UNREACHABLE },
  { "wrong_name", CURLE_PEER_FAILED_VERIFICATION,
    "SSL: no alternative certificate subject name matches",
    RP_CONNECTION_ERROR_CERTIFICATE },
  { "wrong_pin", CURLE_SSL_PINNEDPUBKEYNOTMATCH, "", RP_CONNECTION_ERROR_CERTIFICATE },
  { "no_ca_file", CURLE_SSL_CACERT_BADFILE, "", RP_CONNECTION_ERROR_CERTIFICATE },
  { "client_certificate_unreadable", CURLE_SSL_CERTPROBLEM, "",
    RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "client_certificate_wanted", CURLE_RECV_ERROR,
    "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required",
    RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "client_certificate_of_a_stranger", CURLE_SSL_CONNECT_ERROR,
    "error:0A000418:SSL routines::tlsv1 alert unknown ca",
    RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "client_certificate_refused", CURLE_SSL_CONNECT_ERROR,
    "error:0A000412:SSL routines::sslv3 alert bad certificate",
    RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "client_certificate_expired", CURLE_SSL_CONNECT_ERROR,
    "error:0A000415:SSL routines::sslv3 alert certificate expired",
    RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "not_tls", CURLE_SSL_CONNECT_ERROR,
    "error:0A00010B:SSL routines::wrong version number", RP_CONNECTION_ERROR_NOT_SMTP },
  { "not_tls_long", CURLE_SSL_CONNECT_ERROR,
    "error:0A0000C6:SSL routines::packet length too long",
    RP_CONNECTION_ERROR_NOT_SMTP },
  { "hello_cut", CURLE_SSL_CONNECT_ERROR,
    "error:0A000126:SSL routines::unexpected eof while reading",
    RP_CONNECTION_ERROR_UNREACHABLE },
  { "hello_reset", CURLE_SSL_CONNECT_ERROR,
    "OpenSSL SSL_connect: Connection reset by peer in connection to mail.test:465",
    RP_CONNECTION_ERROR_UNREACHABLE },
  { "handshake_refused", CURLE_SSL_CONNECT_ERROR,
    "error:0A000410:SSL routines::sslv3 alert handshake failure",
    RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "tls_too_old", CURLE_SSL_CONNECT_ERROR,
    "error:0A000102:SSL routines::unsupported protocol",
    RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "starttls_not_offered", CURLE_USE_SSL_FAILED, "STARTTLS not supported.",
    RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "login_denied", CURLE_LOGIN_DENIED, "Login denied", RP_CONNECTION_ERROR_LOGIN },
  { "ehlo_denied", CURLE_REMOTE_ACCESS_DENIED, "Remote access denied: 550",
    RP_CONNECTION_ERROR_REPLY },
  { "weird", CURLE_WEIRD_SERVER_REPLY, "Got unexpected smtp-server response: 999",
    RP_CONNECTION_ERROR_NOT_SMTP },
  { "stopped_by_us", CURLE_WRITE_ERROR, "Failed writing header",
    RP_CONNECTION_ERROR_NOT_SMTP },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Failure,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

} // namespace
