/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server sends inside of a login: the challenge of DIGEST-MD5 with its proof
 * behind an empty line, and the error message of a token. */
#include "fuzz.h"

#include <string.h>

#include "upstream/rp-sasl-digest.h"
#include "upstream/rp-sasl-token.h"

typedef struct
{
  gboolean is_answered;
  GBytes *response; /* nullable */
  GError *error;    /* nullable */
} Answer;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->response =
      rp_sasl_client_answer_finish (RP_SASL_CLIENT (source), result, &answer->error);
  answer->is_answered = TRUE;
}

/* Returns: (transfer full) (nullable): the response */
static GBytes *
ask (gpointer client, const char *octets, gsize n_octets)
{
  g_autoptr (GBytes) challenge = g_bytes_new (octets, n_octets);
  Answer answer = { 0 };

  rp_sasl_client_answer_async (client, challenge, NULL, on_answered, &answer);
  while (!answer.is_answered)
    g_main_context_iteration (NULL, TRUE);
  must ((answer.response == NULL) == (answer.error != NULL));
  g_clear_error (&answer.error);
  return answer.response;
}

/* Nobody guesses the proof. */
static void
try_digest (const char *octets, gsize n_octets)
{
  g_autoptr (RpSaslDigest) client =
      rp_sasl_digest_new ("smtp/mail.test", "terri", "secret", NULL);
  const char *end = memmem (octets, n_octets, "\n\n", 2);
  const gsize n_first = end != NULL ? (gsize) (end - octets) : n_octets;
  g_autoptr (GBytes) response = ask (client, octets, n_first);
  g_autoptr (GBytes) last = NULL;

  if (response == NULL || end == NULL)
    return;

  last = ask (client, end + 2, n_octets - n_first - 2);
  must (last == NULL);
}

static void
try_token (const char *octets, gsize n_octets)
{
  g_autoptr (RpSaslToken) client =
      rp_sasl_token_new ("XOAUTH2", "terri", "mail.test", 465, "token");
  g_autoptr (GBytes) response = ask (client, octets, n_octets);
  const char *complaint = rp_sasl_client_get_complaint (RP_SASL_CLIENT (client));

  must (g_bytes_get_size (response) == 0);
  if (complaint == NULL)
    return;

  must (strlen (complaint) <= 100);
  must (g_utf8_validate (complaint, -1, NULL));
  must (strpbrk (complaint, "\r\n\x1b") == NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  try_digest ((const char *) data, n_bytes);
  try_token ((const char *) data, n_bytes);
  return 0;
}
