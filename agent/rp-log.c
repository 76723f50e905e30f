/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rp-log.h"

#include <stdio.h>

static RpLogSink current_sink;
static gpointer current_sink_data;

void
rp_log_set_sink (RpLogSink sink, gpointer user_data)
{
  current_sink = sink;
  current_sink_data = user_data;
}

static gboolean
is_plain (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || *c == '"' || *c == '=' || *c == '\\')
      return FALSE;

  return *value != '\0';
}

/* Quoted and escaped where it is not plain: what a server or a message says can forge
 * no line and no key. */
static void
append_value (GString *line, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  if (is_plain (valid))
    {
      g_string_append (line, valid);
      return;
    }

  g_string_append_c (line, '"');
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      const gunichar character = g_utf8_get_char (c);

      if (character == '"' || character == '\\')
        g_string_append_printf (line, "\\%c", (char) character);
      else if (g_unichar_iscntrl (character))
        g_string_append_printf (line, "\\x%02x", character);
      else
        g_string_append_unichar (line, character);
    }
  g_string_append_c (line, '"');
}

/* Pairs of key and value follow, ended by NULL; a pair without a value is left out. */
static void emit (const char *event, ...) G_GNUC_NULL_TERMINATED;

static void
emit (const char *event, ...)
{
  g_autoptr (GString) line = g_string_new ("event=");
  va_list pairs;

  g_string_append (line, event);
  va_start (pairs, event);
  for (const char *key = va_arg (pairs, const char *); key != NULL;
       key = va_arg (pairs, const char *))
    {
      const char *value = va_arg (pairs, const char *);

      if (value == NULL)
        continue;
      g_string_append_printf (line, " %s=", key);
      append_value (line, value);
    }
  va_end (pairs);

  if (current_sink != NULL)
    current_sink (line->str, current_sink_data);
  else
    fprintf (stderr, "%s\n", line->str);
}

void
rp_log_started (const char *version, const char *state_folder)
{
  emit ("started", "version", version, "state", state_folder, NULL);
}

void
rp_log_stopping (const char *why)
{
  emit ("stopping", "why", why, NULL);
}

void
rp_log_listening (const char *address)
{
  emit ("listening", "address", address, NULL);
}

void
rp_log_trouble (const char *where, const char *text)
{
  emit ("trouble", "where", where, "text", text, NULL);
}

void
rp_log_configured (guint n_accounts, guint n_servers, const char *files)
{
  g_autofree char *accounts = g_strdup_printf ("%u", n_accounts);
  g_autofree char *servers = g_strdup_printf ("%u", n_servers);

  emit ("configured", "accounts", accounts, "servers", servers, "files", files, NULL);
}

void
rp_log_configuration_error (const char *text)
{
  emit ("configuration-error", "text", text, NULL);
}

void
rp_log_surroundings (const RpSurroundings *surroundings, const char *network)
{
  g_autofree char *addresses = surroundings->addresses == NULL
                                   ? NULL
                                   : g_strjoinv (",", surroundings->addresses);

  emit ("surroundings", "network", network, "connectivity",
        rp_connectivity_to_nick (surroundings->connectivity), "gateway",
        surroundings->gateway, "addresses", addresses, NULL);
}

void
rp_log_message (const RpMessage *message)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *n_bytes =
      g_strdup_printf ("%" G_GUINT64_FORMAT, message->facts->n_bytes);
  g_autofree char *to = NULL;
  g_auto (GStrv) recipients = NULL;

  for (guint i = 0; i < rp_envelope_get_n_recipients (message->envelope); i++)
    g_strv_builder_add (builder,
                        rp_envelope_get_recipient (message->envelope, i)->address);
  recipients = g_strv_builder_end (builder);
  to = g_strjoinv (",", recipients);

  emit ("message", "message", message->id, "from", message->envelope->sender, "to", to,
        "bytes", n_bytes, "program", message->program, NULL);
}

void
rp_log_step (const RpStep *step)
{
  g_autofree char *reply = step->reply == NULL ? NULL : rp_reply_dup_text (step->reply);
  g_autofree char *args =
      step->reason == NULL ? NULL : g_strjoinv (",", step->reason->args);

  emit (rp_step_kind_to_nick (step->kind), "message", step->message_id, "to",
        step->recipient, "server", step->server, "endpoint", step->endpoint, "verdict",
        rp_step_has_verdict (step) ? rp_verdict_to_nick (step->verdict) : NULL, "reply",
        reply, "reason",
        step->reason == NULL ? NULL : rp_reason_code_to_nick (step->reason->code),
        "args", args, NULL);
}

void
rp_log_message_ended (const char *message_id, const char *outcome)
{
  emit ("ended", "message", message_id, "outcome", outcome, NULL);
}
