/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-config-value.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-config-text.h"
#include "core/rp-domain.h"
#include "core/rp-marked.h"

/* RFC 5321 wants no limit; these keep a slip of the hand from stopping all mail. */
#define MAX_PATIENCE_S 600
#define MAX_TIMEOUT_S 3600
#define MAX_POP_WINDOW_S (24 * 60 * 60)
#define MIN_MESSAGE_BYTES (64 * 1024)
/* Older news than a month is no mail any more. */
#define MAX_QUEUE_DAYS 30
#define MAX_JOURNAL_DAYS 3650

/* IEEE 802.11-2020 section 9.4.2.2 */
#define MAX_SSID_BYTES 32

#define add_error(row, ...)                                                            \
  rp_config_error_add (errors, (row)->file, (row)->line, __VA_ARGS__)

void
rp_config_value_read_text (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;

  *out = g_strdup (row->value);
}

/* A NUL or a line end would be a second word of the login (RFC 4616 section 2). */
void
rp_config_value_read_user (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  for (const char *at = row->value; *at != '\0'; at = g_utf8_next_char (at))
    if (g_unichar_iscntrl (g_utf8_get_char (at)))
      {
        add_error (
            row,
            N_ ("%1$s= holds a control character; write the name as your provider"
                " gave it"),
            row->key, NULL);
        return;
      }

  rp_config_value_read_text (row, field, errors);
}

void
rp_config_value_read_path (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  if (g_path_is_absolute (row->value))
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row, N_ ("%1$s=%2$s is no whole path; write it from '/' on"), row->key,
               row->value, NULL);
}

void
rp_config_value_read_file_name (const RpKeyfileRow *row,
                                gpointer field,
                                GPtrArray *errors)
{
  if (strchr (row->value, '/') == NULL && row->value[0] != '.')
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row, N_ ("%1$s=%2$s is no name; write it without folders"), row->key,
               row->value, NULL);
}

void
rp_config_value_read_boolean (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  if (!rp_config_text_parse_boolean (row->value, field))
    add_error (row, N_ ("%1$s=%2$s is neither yes nor no; write %1$s=yes or %1$s=no"),
               row->key, row->value, NULL);
}

static void
read_seconds (const RpKeyfileRow *row, guint *out, guint max_s, GPtrArray *errors)
{
  g_autofree char *max = g_strdup_printf ("%u", max_s);
  guint number;

  if (rp_config_text_parse_seconds (row->value, &number) && number >= 1
      && number <= max_s)
    *out = number;
  else
    add_error (row,
               N_ ("%1$s=%2$s is no duration; write seconds from 1 to %3$s, such as"
                   " %1$s=25"),
               row->key, row->value, max, NULL);
}

void
rp_config_value_read_patience (const RpKeyfileRow *row,
                               gpointer field,
                               GPtrArray *errors)
{
  read_seconds (row, field, MAX_PATIENCE_S, errors);
}

void
rp_config_value_read_timeout (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  read_seconds (row, field, MAX_TIMEOUT_S, errors);
}

void
rp_config_value_read_pop_window (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors)
{
  read_seconds (row, field, MAX_POP_WINDOW_S, errors);
}

static void
read_days (const RpKeyfileRow *row,
           guint *out,
           guint max_days,
           const char *example,
           GPtrArray *errors)
{
  g_autofree char *max = g_strdup_printf ("%u", max_days);
  guint number;

  if (rp_config_text_parse_days (row->value, &number) && number >= 1
      && number <= max_days)
    *out = number;
  else
    add_error (row,
               N_ ("%1$s=%2$s is no number of days; write one from 1 to %3$s, such as"
                   " %1$s=%4$s"),
               row->key, row->value, max, example, NULL);
}

void
rp_config_value_read_queue_days (const RpKeyfileRow *row,
                                 gpointer field,
                                 GPtrArray *errors)
{
  read_days (row, field, MAX_QUEUE_DAYS, "5", errors);
}

void
rp_config_value_read_journal_days (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors)
{
  read_days (row, field, MAX_JOURNAL_DAYS, "90", errors);
}

/* @other: the word that sets the field; @usual: the one that is meant where none is
 * written */
static void
read_choice (const RpKeyfileRow *row,
             gboolean *out,
             const char *usual,
             const char *other,
             GPtrArray *errors)
{
  if (g_str_equal (row->value, other))
    *out = TRUE;
  else if (g_str_equal (row->value, usual))
    *out = FALSE;
  else
    add_error (row, N_ ("%1$s=%2$s is unknown; write %3$s or %4$s"), row->key,
               row->value, usual, other, NULL);
}

void
rp_config_value_read_when_deferred (const RpKeyfileRow *row,
                                    gpointer field,
                                    GPtrArray *errors)
{
  read_choice (row, field, "queue", "tell", errors);
}

void
rp_config_value_read_in_doubt (const RpKeyfileRow *row,
                               gpointer field,
                               GPtrArray *errors)
{
  read_choice (row, field, "hold", "retry", errors);
}

void
rp_config_value_read_message_size (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors)
{
  guint64 *out = field;
  guint64 number;

  if (!rp_config_text_parse_bytes (row->value, &number))
    add_error (
        row,
        N_ ("%1$s=%2$s is no size; write octets, or a number with K, M or G behind"
            " it, such as %1$s=100M"),
        row->key, row->value, NULL);
  else if (number < MIN_MESSAGE_BYTES)
    add_error (row, N_ ("%1$s=%2$s would refuse ordinary mail; write at least 64K"),
               row->key, row->value, NULL);
  else
    *out = number;
}

void
rp_config_value_read_language (const RpKeyfileRow *row,
                               gpointer field,
                               GPtrArray *errors)
{
  const char *value = row->value;
  gsize n_language = strspn (value, G_CSET_a_2_z);
  gsize n_rest = strspn (value + n_language, G_CSET_A_2_Z G_CSET_a_2_z "_-@.");

  if ((n_language == 2 || n_language == 3) && value[n_language + n_rest] == '\0')
    rp_config_value_read_text (row, field, errors);
  else
    add_error (row, N_ ("%1$s=%2$s is no language; write a code such as de or en"),
               row->key, value, NULL);
}

void
rp_config_value_read_bare_newline (const RpKeyfileRow *row,
                                   gpointer field,
                                   GPtrArray *errors)
{
  RpBareNewline *out = field;

  if (g_str_equal (row->value, "normalize"))
    *out = RP_BARE_NEWLINE_NORMALIZE;
  else if (g_str_equal (row->value, "refuse"))
    *out = RP_BARE_NEWLINE_REFUSE;
  else
    add_error (row, N_ ("%1$s=%2$s is unknown; write refuse or normalize"), row->key,
               row->value, NULL);
}

void
rp_config_value_read_address (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  RpAddressFault fault = rp_address_check (row->value);

  if (rp_address_is_pattern (row->value))
    add_error (row,
               N_ ("%1$s=%2$s is a pattern; write one address here, and the pattern in"
                   " aliases="),
               row->key, row->value, NULL);
  else if (fault != RP_ADDRESS_OK)
    rp_config_error_add_detailed (
        errors, row->file, row->line,
        rp_config_error_new (rp_address_fault_to_text (fault), NULL),
        N_ ("'%1$s' is no mail address: %2$s"), row->value, NULL);
  else
    rp_config_value_read_text (row, field, errors);
}

void
rp_config_value_read_senders (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  GStrv *out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!rp_address_is_valid (parts[i]) && !rp_address_is_pattern (parts[i]))
      add_error (row,
                 N_ ("%1$s=: '%2$s' is neither an address nor a pattern; write"
                     " name@example.org or *@example.org"),
                 row->key, parts[i], NULL);

  *out = g_steal_pointer (&parts);
}

/* @field: the account's patterns; its addresses get address= in front afterwards */
void
rp_config_value_read_aliases (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  rp_config_value_read_senders (row, field, errors);
}

void
rp_config_value_read_names (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;

  *out = rp_keyfile_split_list (row->raw_value);
}

void
rp_config_value_read_domains (const RpKeyfileRow *row,
                              gpointer field,
                              GPtrArray *errors)
{
  GStrv *out = field;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *domain = rp_domain_normalize (parts[i]);

      if (domain != NULL)
        g_strv_builder_add (builder, domain);
      else
        add_error (row, N_ ("%1$s=: '%2$s' is no domain; write it as example.org"),
                   row->key, parts[i], NULL);
    }

  *out = g_strv_builder_end (builder);
}

void
rp_config_value_read_ehlo (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  char **out = field;
  g_autofree char *domain = rp_domain_normalize (row->value);

  if (domain != NULL)
    {
      g_free (*out);
      *out = g_strdup (row->value);
    }
  else
    add_error (
        row,
        N_ ("%1$s=%2$s is neither a host name nor an address in brackets; write it"
            " as [127.0.0.1]"),
        row->key, row->value, NULL);
}

void
rp_config_value_read_uuids (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *lower = g_ascii_strdown (parts[i], -1);

      if (!g_uuid_string_is_valid (lower))
        add_error (row,
                   N_ ("%1$s=: '%2$s' is no UUID; 'nmcli connection show' lists them"),
                   row->key, parts[i], NULL);
      g_free (parts[i]);
      parts[i] = lower;
    }

  *out = g_steal_pointer (&parts);
}

void
rp_config_value_read_ssids (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;

  *out = rp_keyfile_split_list (row->raw_value);
  for (guint i = 0; (*out)[i] != NULL; i++)
    if (strlen ((*out)[i]) > MAX_SSID_BYTES && strchr ((*out)[i], '\\') == NULL)
      add_error (
          row,
          N_ ("%1$s=: '%2$s' is longer than a wireless name can be (%3$s octets);"
              " several names are written ONE;TWO"),
          row->key, (*out)[i], G_STRINGIFY (MAX_SSID_BYTES), NULL);
}

void
rp_config_value_read_macs (const RpKeyfileRow *row, gpointer field, GPtrArray *errors)
{
  GStrv *out = field;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) parts = rp_keyfile_split_list (row->raw_value);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *mac = rp_config_text_dup_mac (parts[i]);

      if (mac != NULL)
        g_strv_builder_add (builder, mac);
      else
        add_error (
            row, N_ ("%1$s=: '%2$s' is no MAC address; write it as 52:54:00:12:34:56"),
            row->key, parts[i], NULL);
    }

  *out = g_strv_builder_end (builder);
}
