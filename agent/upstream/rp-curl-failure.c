/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "upstream/rp-curl-failure.h"

#include <string.h>

#include "upstream/rp-connection.h"

/* curl has one result for all that can go wrong in a TLS handshake; OpenSSL's words
 * tell them apart. The first row that fits holds. */
static const struct
{
  const char *words;
  RpConnectionError error;
} tls_failures[] = {
  /* no TLS record came back: a plain SMTP greeting, HTTP, a portal */
  { "wrong version number", RP_CONNECTION_ERROR_NOT_SMTP },
  { "packet length too long", RP_CONNECTION_ERROR_NOT_SMTP },
  { "http request", RP_CONNECTION_ERROR_NOT_SMTP },
  { "bad record type", RP_CONNECTION_ERROR_NOT_SMTP },
  /* the connection was cut or reset in mid-hello: a port filter */
  { "unexpected eof", RP_CONNECTION_ERROR_UNREACHABLE },
  { "SSL_ERROR_SYSCALL", RP_CONNECTION_ERROR_UNREACHABLE },
  { "SSL_ERROR_ZERO_RETURN", RP_CONNECTION_ERROR_UNREACHABLE },
  { "onnection reset", RP_CONNECTION_ERROR_UNREACHABLE },
  { "onnection was reset", RP_CONNECTION_ERROR_UNREACHABLE },
  { "Broken pipe", RP_CONNECTION_ERROR_UNREACHABLE },
  { "timed out", RP_CONNECTION_ERROR_UNREACHABLE },
  /* the server's words about the certificate that we showed it, or did not */
  { "alert certificate", RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "alert bad certificate", RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "alert unsupported certificate", RP_CONNECTION_ERROR_NO_CERTIFICATE },
  { "alert unknown ca", RP_CONNECTION_ERROR_NO_CERTIFICATE },
  /* TLS, but none that is safe */
  { "alert", RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "unsupported protocol", RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "too small", RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "too weak", RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "no shared cipher", RP_CONNECTION_ERROR_TLS_STRIPPED },
  { "unsafe legacy renegotiation", RP_CONNECTION_ERROR_TLS_STRIPPED },
};

static RpConnectionError
judge_tls_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (tls_failures); i++)
    if (strstr (text, tls_failures[i].words) != NULL)
      return tls_failures[i].error;

  return RP_CONNECTION_ERROR_UNREACHABLE;
}

/* TLS 1.3 refuses a client certificate only after the handshake, so that alert comes
 * as a failed read. */
static RpConnectionError
judge_transfer_text (const char *text)
{
  return strstr (text, "alert") != NULL ? judge_tls_text (text)
                                        : RP_CONNECTION_ERROR_UNREACHABLE;
}

static RpConnectionError
judge (CURLcode result, const char *text)
{
  switch ((int) result)
    {
    case CURLE_OPERATION_TIMEDOUT:
      return RP_CONNECTION_ERROR_TIMED_OUT;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
      return RP_CONNECTION_ERROR_CERTIFICATE;
    case CURLE_SSL_CERTPROBLEM: /* curl's name for ours */
      return RP_CONNECTION_ERROR_NO_CERTIFICATE;
    case CURLE_USE_SSL_FAILED:
      return RP_CONNECTION_ERROR_TLS_STRIPPED;
    case CURLE_SSL_CONNECT_ERROR:
      return judge_tls_text (text);
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
      return RP_CONNECTION_ERROR_LOGIN;
    case CURLE_REMOTE_ACCESS_DENIED:
      return RP_CONNECTION_ERROR_REPLY;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR:
    case CURLE_BAD_CONTENT_ENCODING:
      return RP_CONNECTION_ERROR_NOT_SMTP;
    default: /* curl's enum, not ours: what is left is the way to the server */
      return judge_transfer_text (text);
    }
}

GError *
rp_curl_failure_to_error (CURLcode result,
                          const char *text,
                          const char *host,
                          guint16 port)
{
  const char *what = *text != '\0' ? text : curl_easy_strerror (result);

  return g_error_new (RP_CONNECTION_ERROR, (int) judge (result, text), "%s port %u: %s",
                      host, port, what);
}
