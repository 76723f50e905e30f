/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-dialogue.h"

static char *
name_reason (const RpReason *reason, gpointer user_data)
{
  return g_strdup (rp_reason_code_to_nick (reason->code));
}

static void
take_output (RpDialogue *dialogue, GString *output)
{
  g_autoptr (GBytes) bytes = rp_dialogue_take_output (dialogue);
  gsize n_bytes = 0;

  if (bytes == NULL)
    return;

  const char *text = g_bytes_get_data (bytes, &n_bytes);
  g_string_append_len (output, text, (gssize) n_bytes);
}

static void
take_message (RpDialogue *dialogue, GByteArray *content, GString *output)
{
  g_autoptr (RpEnvelope) envelope = rp_dialogue_take_envelope (dialogue);
  g_autoptr (RpContentFacts) facts = rp_dialogue_dup_facts (dialogue);

  must (facts->n_bytes == content->len);
  must (rp_envelope_get_n_recipients (envelope) > 0);
  must (facts->header_from == NULL || rp_address_is_valid (facts->header_from));
  g_string_append_printf (output, "<%s> %u\n", envelope->sender, content->len);
  rp_dialogue_answer (dialogue, rp_reply_new (250, "2.0.0", "Ok"));
}

static void
take_event (RpDialogue *dialogue,
            RpDialogueEvent event,
            GByteArray *content,
            GString *output)
{
  gsize n_bytes;
  const guint8 *octets;

  switch (event)
    {
    case RP_DIALOGUE_CHECK_LOGIN:
      rp_dialogue_answer_login (dialogue, TRUE);
      break;
    case RP_DIALOGUE_CHECK_SENDER:
    case RP_DIALOGUE_CHECK_RECIPIENT:
      rp_dialogue_answer (dialogue, NULL);
      break;
    case RP_DIALOGUE_CONTENT_BEGINS:
      g_byte_array_set_size (content, 0);
      rp_dialogue_answer (dialogue, NULL);
      break;
    case RP_DIALOGUE_CONTENT:
      octets = rp_dialogue_get_content (dialogue, &n_bytes);
      g_byte_array_append (content, octets, (guint) n_bytes);
      break;
    case RP_DIALOGUE_MESSAGE:
      take_message (dialogue, content, output);
      break;
    case RP_DIALOGUE_MORE:
    case RP_DIALOGUE_CONTENT_DROPPED:
    case RP_DIALOGUE_CLOSE:
      break;
    }
}

/* All that was said, and all messages. */
static char *
run (const char *data, gsize n_bytes, gsize step)
{
  RpDialogueSettings settings = RP_DIALOGUE_SETTINGS_INIT;
  g_autoptr (RpDialogue) dialogue = NULL;
  g_autoptr (GByteArray) content = g_byte_array_new ();
  GString *output = g_string_new (NULL);
  RpDialogueEvent event = RP_DIALOGUE_MORE;
  gsize at = 0;

  settings.sentence = name_reason;
  settings.max_message_bytes = 1000;
  settings.max_recipients = 5;
  dialogue = rp_dialogue_new (&settings);
  while (at < n_bytes && event != RP_DIALOGUE_CLOSE)
    {
      gsize end = MIN (at + step, n_bytes);

      do
        {
          gsize consumed = 0;

          event = rp_dialogue_feed (dialogue, data + at, end - at, &consumed);
          at += consumed;
          take_output (dialogue, output);
          take_event (dialogue, event, content, output);
        }
      while (event != RP_DIALOGUE_MORE && event != RP_DIALOGUE_CLOSE);
      must (event == RP_DIALOGUE_CLOSE || at == end);
    }
  take_output (dialogue, output);
  return g_string_free (output, FALSE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *whole = NULL;
  g_autofree char *pieces = NULL;

  if (n_bytes == 0)
    return 0;

  whole = run ((const char *) data + 1, n_bytes - 1, n_bytes);
  pieces = run ((const char *) data + 1, n_bytes - 1, data[0] % 16 + 1);
  must (g_str_equal (whole, pieces));
  return 0;
}
