/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-answer.h"

#include <string.h>

/* What fits on a line with its code and enhanced code (RFC 5321 section 4.5.3.1.5). */
#define LONGEST_TEXT_BYTES 490
/* Two groups of addresses fit with the words around them: longer addresses than this
 * stand alone. */
#define LONGEST_GROUP_BYTES 170

typedef struct
{
  const RpAnswerMaterial *material;
  const GPtrArray *fates;
  guint code;
  const char *enhanced;
  GPtrArray *lines;
} Answer;

static const RpFate *
get_fate (const Answer *answer, guint index)
{
  return (const RpFate *) g_ptr_array_index (answer->fates, index);
}

static char *
dup_sentence (const Answer *answer, const RpReason *reason)
{
  return answer->material->sentence (reason, answer->material->sentence_data);
}

static const RpFate *
find_first (const Answer *answer, RpFateKind kind)
{
  for (guint i = 0; i < answer->fates->len; i++)
    if (get_fate (answer, i)->kind == kind)
      return get_fate (answer, i);

  return NULL;
}

/* The same words need not be said twice. */
static void
take_line (Answer *answer, char *line)
{
  if (g_ptr_array_find_with_equal_func (answer->lines, line, g_str_equal, NULL))
    g_free (line);
  else
    g_ptr_array_add (answer->lines, line);
}

static void
say_reason (Answer *answer, const RpReason *reason)
{
  take_line (answer, dup_sentence (answer, reason));
}

static void
say_and_free (Answer *answer, RpReason *reason)
{
  say_reason (answer, reason);
  rp_reason_free (reason);
}

/* Whether a mail program may see this code: see rp_answer_new(). */
static gboolean
is_code_ours_to_pass (const RpReply *reply)
{
  if (reply->code == 421 || reply->code / 10 == 50 || reply->code / 10 == 53)
    return FALSE;
  if (reply->code == 454 && reply->enhanced != NULL
      && g_str_has_prefix (reply->enhanced, "4.7."))
    return FALSE;
  return TRUE;
}

static gboolean
has_code_in_class (const RpFate *fate, guint code_class)
{
  if (fate->reply == NULL)
    return fate->code / 100 == code_class;
  return fate->reply->code / 100 == code_class && is_code_ours_to_pass (fate->reply);
}

static const char *
get_own_enhanced (const RpFate *fate)
{
  const RpReason *reason;

  if (fate->reasons->len == 0)
    return "4.3.0";

  reason = (const RpReason *) g_ptr_array_index (fate->reasons, 0);
  /* Not a switch: of the many reasons only these have a code of their own. */
  if (reason->code == RP_REASON_IN_DOUBT || reason->code == RP_REASON_TOO_SLOW
      || reason->code == RP_REASON_NETWORK_CHANGED
      || reason->code == RP_REASON_PROGRAM_GONE)
    return "4.4.2";
  if (reason->code == RP_REASON_STOPPING)
    return "4.3.2";
  if (reason->code == RP_REASON_OFFLINE || reason->code == RP_REASON_PORTAL
      || reason->code == RP_REASON_UNREACHABLE || reason->code == RP_REASON_TIMED_OUT)
    return "4.4.1";
  return "4.7.0";
}

/* "5.7.8" becomes "4.7.8": what failed stays told, only that it is for good does not.
 */
static const char *
soften (const char *enhanced)
{
  char *soft = g_strdup (enhanced);
  const char *interned;

  soft[0] = '4';
  interned = g_intern_string (soft);
  g_free (soft);
  return interned;
}

static void
take_code (Answer *answer, const RpFate *fate, guint code_class)
{
  if (has_code_in_class (fate, code_class))
    {
      answer->code = fate->reply != NULL ? fate->reply->code : fate->code;
      answer->enhanced = fate->reply != NULL ? fate->reply->enhanced : fate->enhanced;
    }
  else
    {
      answer->code = 451;
      answer->enhanced = fate->reply != NULL && fate->reply->enhanced != NULL
                             ? soften (fate->reply->enhanced)
                             : get_own_enhanced (fate);
    }
}

static gboolean
is_said_by_codes (const Answer *answer, const RpReply *reply)
{
  return reply->code == answer->code
         && (reply->enhanced == NULL
             || g_strcmp0 (reply->enhanced, answer->enhanced) == 0);
}

/* A server's words stand as they are. Where the answer cannot carry their codes, the
 * codes stand before the words. */
static void
say_servers_words (Answer *answer, const RpReply *reply)
{
  for (guint i = 0; reply->lines[i] != NULL; i++)
    if (is_said_by_codes (answer, reply))
      take_line (answer, g_strdup (reply->lines[i]));
    else if (reply->enhanced == NULL)
      take_line (answer, g_strdup_printf ("%u %s", reply->code, reply->lines[i]));
    else
      take_line (answer, g_strdup_printf ("%u %s %s", reply->code, reply->enhanced,
                                          reply->lines[i]));
}

static void
say_fate (Answer *answer, const RpFate *fate)
{
  if (fate->reply != NULL)
    say_servers_words (answer, fate->reply);
  for (guint i = 0; i < fate->reasons->len; i++)
    say_reason (answer, (const RpReason *) g_ptr_array_index (fate->reasons, i));
}

static void
say_all_of (Answer *answer, RpFateKind kind)
{
  for (guint i = 0; i < answer->fates->len; i++)
    if (get_fate (answer, i)->kind == kind)
      say_fate (answer, get_fate (answer, i));
}

static char *
dup_route_words (const Answer *answer)
{
  const RpFate *first = get_fate (answer, 0);
  g_autoptr (RpReason) via = rp_reason_new (
      RP_REASON_ACCEPTED_VIA, first->server,
      answer->material->network != NULL ? answer->material->network : "", NULL);
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char *text = dup_sentence (answer, via);

  g_string_append (words, text);
  g_ptr_array_add (named, first->server);
  for (guint i = 1; i < answer->fates->len; i++)
    {
      const RpFate *fate = get_fate (answer, i);
      g_autoptr (RpReason) also = NULL;
      g_autofree char *also_text = NULL;

      if (g_ptr_array_find_with_equal_func (named, fate->server, g_str_equal, NULL))
        continue;

      g_ptr_array_add (named, fate->server);
      also = rp_reason_new (RP_REASON_ALSO_VIA, fate->server, NULL);
      also_text = dup_sentence (answer, also);
      g_string_append_printf (words, " %s", also_text);
    }

  return g_strdup_printf ("(%s)", words->str);
}

static void
say_success (Answer *answer)
{
  const RpReply *reply = get_fate (answer, 0)->reply;
  g_autofree char *route = dup_route_words (answer);
  guint n_lines = g_strv_length (reply->lines);
  const char *last = reply->lines[n_lines - 1];

  answer->code = 250;
  answer->enhanced = reply->enhanced != NULL ? reply->enhanced : "2.0.0";
  for (guint i = 0; i + 1 < n_lines; i++)
    g_ptr_array_add (answer->lines, g_strdup (reply->lines[i]));
  if (strlen (last) + strlen (route) < LONGEST_TEXT_BYTES)
    {
      g_ptr_array_add (
          answer->lines,
          g_strdup_printf ("%s%s%s", last, *last == '\0' ? "" : " ", route));
    }
  else
    {
      g_ptr_array_add (answer->lines, g_strdup (last));
      g_ptr_array_add (answer->lines, g_steal_pointer (&route));
    }
}

/* Neither who has it nor who may have it. */
static gboolean
is_without (const RpFate *fate)
{
  return fate->kind != RP_FATE_SENT && fate->kind != RP_FATE_DOUBT;
}

/* The addresses of one kind in groups, each joined, so that a sentence with two groups
 * fits into a line: nobody on a long list is cut off. Empty for nobody. */
static GStrv
dup_address_groups (const Answer *answer, RpFateKind kind)
{
  g_autoptr (GStrvBuilder) groups = g_strv_builder_new ();
  g_autoptr (GString) group = g_string_new (NULL);

  for (guint i = 0; i < answer->fates->len; i++)
    {
      const RpFate *fate = get_fate (answer, i);

      if (kind == RP_FATE_OPEN ? !is_without (fate) : fate->kind != kind)
        continue;
      if (group->len > 0 && group->len + strlen (fate->address) > LONGEST_GROUP_BYTES)
        {
          g_strv_builder_add (groups, group->str);
          g_string_truncate (group, 0);
        }
      g_string_append_printf (group, "%s%s", group->len > 0 ? ", " : "", fate->address);
    }
  if (group->len > 0)
    g_strv_builder_add (groups, group->str);
  return g_strv_builder_end (groups);
}

/* Each group of both lists is named at least once; each sentence is true by itself. */
static void
say_groups (Answer *answer, RpReasonCode code, GStrv have, GStrv others)
{
  const guint n_have = g_strv_length (have);
  const guint n_others = g_strv_length (others);

  if (n_have == 0 || n_others == 0)
    return;

  for (guint i = 0; i < MAX (n_have, n_others); i++)
    say_and_free (answer, rp_reason_new (code, have[MIN (i, n_have - 1)],
                                         others[MIN (i, n_others - 1)], NULL));
}

/* Never 4xx: the program would send the message again to those who have it. */
static void
say_partly_sent (Answer *answer)
{
  g_auto (GStrv) have = dup_address_groups (answer, RP_FATE_SENT);
  g_auto (GStrv) may_have = dup_address_groups (answer, RP_FATE_DOUBT);
  g_auto (GStrv) have_not = dup_address_groups (answer, RP_FATE_OPEN);

  answer->code = 554;
  answer->enhanced = "5.0.0";
  say_all_of (answer, RP_FATE_REFUSED);
  say_all_of (answer, RP_FATE_WAITING);
  say_all_of (answer, RP_FATE_DOUBT);
  say_groups (answer, RP_REASON_PARTLY_IN_DOUBT, have, may_have);
  say_groups (answer, RP_REASON_PARTLY_SENT, have, have_not);
}

static const RpFate *
find_first_with_5xx (const Answer *answer)
{
  for (guint i = 0; i < answer->fates->len; i++)
    if (get_fate (answer, i)->kind == RP_FATE_REFUSED
        && has_code_in_class (get_fate (answer, i), 5))
      return get_fate (answer, i);

  return NULL;
}

static void
say_refused (Answer *answer)
{
  const RpFate *leading = find_first_with_5xx (answer);

  take_code (answer, leading != NULL ? leading : find_first (answer, RP_FATE_REFUSED),
             5);
  say_all_of (answer, RP_FATE_REFUSED);
  for (guint i = 0; i < answer->fates->len; i++)
    if (get_fate (answer, i)->kind != RP_FATE_REFUSED)
      {
        say_and_free (answer, rp_reason_new (RP_REASON_NOTHING_SENT, NULL));
        return;
      }
}

static RpReply *
build_reply (const Answer *answer)
{
  RpReply *reply = rp_reply_new (answer->code, answer->enhanced,
                                 (const char *) g_ptr_array_index (answer->lines, 0));

  for (guint i = 1; i < answer->lines->len; i++)
    rp_reply_add_line (reply, (const char *) g_ptr_array_index (answer->lines, i));
  return reply;
}

static gboolean
is_all_sent (const Answer *answer)
{
  for (guint i = 0; i < answer->fates->len; i++)
    if (get_fate (answer, i)->kind != RP_FATE_SENT)
      return FALSE;

  return TRUE;
}

/* Of those that are not settled, the first that can say why. */
static const RpReason *
find_delay (const Answer *answer)
{
  for (guint i = 0; i < answer->fates->len; i++)
    {
      const RpFate *fate = get_fate (answer, i);

      if ((fate->kind == RP_FATE_WAITING || fate->kind == RP_FATE_OPEN)
          && rp_fate_get_reason (fate) != NULL)
        return rp_fate_get_reason (fate);
    }

  return NULL;
}

static void
say_what_is_queued (Answer *answer)
{
  g_autoptr (RpReason) queued =
      rp_reason_new (RP_REASON_QUEUED, answer->material->message_id, NULL);
  g_autofree char *name = dup_sentence (answer, queued);
  const RpReason *delay = find_delay (answer);
  g_autofree char *why = delay != NULL ? dup_sentence (answer, delay) : NULL;

  take_line (answer, why != NULL ? g_strdup_printf ("%s: %s", name, why)
                                 : g_steal_pointer (&name));
}

/* We answer for the message now: whatever became of it so far, this is a 250. */
static void
say_queued (Answer *answer)
{
  g_auto (GStrv) have = dup_address_groups (answer, RP_FATE_SENT);
  g_auto (GStrv) may_have = dup_address_groups (answer, RP_FATE_DOUBT);
  g_auto (GStrv) refused = dup_address_groups (answer, RP_FATE_REFUSED);

  answer->code = 250;
  answer->enhanced = "2.0.0";
  if (find_first (answer, RP_FATE_WAITING) != NULL
      || find_first (answer, RP_FATE_OPEN) != NULL || *refused == NULL)
    say_what_is_queued (answer);
  say_all_of (answer, RP_FATE_REFUSED);
  for (guint i = 0; refused[i] != NULL; i++)
    say_and_free (answer,
                  rp_reason_new (RP_REASON_KEPT_FAILED, answer->material->message_id,
                                 refused[i], NULL));
  if (*have != NULL)
    say_groups (answer, RP_REASON_PARTLY_IN_DOUBT, have, may_have);
  else
    say_all_of (answer, RP_FATE_DOUBT);
}

/* What we could not keep has the code of a full queue (RFC 3463 section 3.4), whatever
 * the server said. */
static void
say_waiting (Answer *answer, const RpFate *waiting)
{
  if (answer->material->keeping == RP_KEEPING_FAILED)
    {
      answer->code = 452;
      answer->enhanced = "4.3.1";
    }
  else
    take_code (answer, waiting, 4);
  say_all_of (answer, RP_FATE_WAITING);
  if (answer->material->keeping == RP_KEEPING_PROGRAM)
    say_and_free (answer, rp_reason_new (RP_REASON_SEND_AGAIN, NULL));
}

/* The message is the program's. */
static void
say_returned (Answer *answer)
{
  const RpFate *waiting = find_first (answer, RP_FATE_WAITING);
  const RpFate *doubt = find_first (answer, RP_FATE_DOUBT);

  if (find_first (answer, RP_FATE_SENT) != NULL)
    say_partly_sent (answer);
  else if (doubt != NULL)
    {
      take_code (answer, doubt, 4);
      say_all_of (answer, RP_FATE_DOUBT);
    }
  else if (find_first (answer, RP_FATE_REFUSED) != NULL)
    say_refused (answer);
  else if (waiting != NULL)
    say_waiting (answer, waiting);
}

static void
say_not_kept (Answer *answer)
{
  const char *trouble = answer->material->trouble;

  say_and_free (
      answer, rp_reason_new (RP_REASON_NOT_KEPT, trouble != NULL ? trouble : "", NULL));
}

static void
say_all (Answer *answer)
{
  if (is_all_sent (answer))
    {
      say_success (answer);
      return;
    }

  switch (answer->material->keeping)
    {
    case RP_KEEPING_CUSTODY:
      say_queued (answer);
      break;
    case RP_KEEPING_PROGRAM:
      say_returned (answer);
      break;
    case RP_KEEPING_FAILED:
      say_returned (answer);
      say_not_kept (answer);
      break;
    }
}

RpReply *
rp_answer_new (const RpAnswerMaterial *material)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Answer answer = { .material = material,
                    .fates = material->fates,
                    .lines = lines,
                    .code = 451,
                    .enhanced = "4.3.0" };

  say_all (&answer);
  if (lines->len == 0)
    g_ptr_array_add (lines, g_strdup (""));
  return build_reply (&answer);
}
