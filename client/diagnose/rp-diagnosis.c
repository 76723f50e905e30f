/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnose/rp-diagnosis.h"

#include <glib/gi18n.h>
#include <string.h>

#include "core/rp-printable.h"
#include "words/rp-words-trouble.h"

/* ---- a reply in a text ---- */

/* The codes that servers refuse with. Dialogs hold port numbers too, and 465 and 587
 * look like codes. */
static gboolean
is_reply_code (guint code)
{
  return (code >= 421 && code <= 459) || (code >= 500 && code <= 557) || code == 471
         || code == 571 || code == 580;
}

static guint
read_code (const char *text)
{
  guint code = 0;

  for (guint i = 0; i < 3; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return 0;
      code = code * 10 + (guint) (text[i] - '0');
    }
  if (text[3] != '\0' && strchr (" -:,;\t\r\n'\"#)", text[3]) == NULL)
    return 0;
  return is_reply_code (code) ? code : 0;
}

static gboolean
may_stand_before_code (char c)
{
  return !g_ascii_isalnum (c) && c != '.' && c != '-' && c != '@';
}

/* Whether the words before "550" tell that a number of something else follows. */
static gboolean
is_about_else (const char *text, const char *at)
{
  static const char *const others[] = { "port",
                                        "anschluss",
                                        "puerto",
                                        "porta",
                                        "poort",
                                        "server error",
                                        "serverfehler",
                                        "server-fehler",
                                        "erreur du serveur",
                                        "error del servidor" };
  g_autofree char *before = g_ascii_strdown (at - text > 20 ? at - 20 : text,
                                             at - text > 20 ? 20 : at - text);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (strstr (before, others[i]) != NULL)
      return TRUE;

  return FALSE;
}

static const char *
find_code (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (read_code (p) != 0 && (p == text || may_stand_before_code (p[-1]))
        && !is_about_else (text, p))
      return p;

  return NULL;
}

/* A dialog shows the reply in quotes; what stands behind them is its own words. */
static gsize
measure_quoted (const char *text, const char *code)
{
  char quote = code > text ? code[-1] : '\0';
  const char *end = NULL;

  if (quote == '\'')
    end = strstr (code, "', ");
  else if (quote == '"')
    end = strchr (code, '"');
  return end != NULL ? (gsize) (end - code) : strlen (code);
}

/* "550-5.7.1 one" and "550 5.7.1 two" without the code on each line. */
static RpReply *
reply_from_lines (guint code, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autofree char *clean = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (read_code (line) == code)
        line += line[3] == '\0' ? 3 : 4;
      g_string_append_printf (joined, "%s%s", i > 0 ? " " : "", line);
    }

  clean = rp_printable_dup (joined->str, -1);
  return rp_reply_new (code, NULL, g_strstrip (clean));
}

static RpReply *
find_reply (const char *text)
{
  const char *at = find_code (text);
  g_autofree char *own = NULL;

  if (at == NULL)
    return NULL;

  own = g_strndup (at, measure_quoted (text, at));
  return reply_from_lines (read_code (at), own);
}

/* ---- what it means ---- */

static gboolean
is_about_login (const RpReply *reply)
{
  return reply->code == 534 || reply->code == 535 || reply->code == 538;
}

/* A person does not tell which command was answered: the words do. */
static const RpPhrase *
find_phrase (const RpReply *reply)
{
  RpVerdictStage first = is_about_login (reply) ? RP_STAGE_AUTH : RP_STAGE_RCPT;
  RpVerdictStage second = is_about_login (reply) ? RP_STAGE_RCPT : RP_STAGE_AUTH;
  const RpPhrase *phrase = rp_phrases_find (reply, first);

  return phrase != NULL ? phrase : rp_phrases_find (reply, second);
}

static RpVerdict
judge_code (const RpReply *reply)
{
  RpVerdictContext context = { 0 };

  context.stage = is_about_login (reply) ? RP_STAGE_AUTH : RP_STAGE_RCPT;
  return rp_verdict_from_reply (reply, &context);
}

static void
judge_reply (RpDiagnosis *self)
{
  self->phrase = find_phrase (self->reply);
  self->verdict =
      self->phrase != NULL ? self->phrase->verdict : judge_code (self->reply);
  self->is_known = self->verdict != RP_VERDICT_REFUSED;
}

/* Words of mail programs and libraries when no server spoke. */
static const struct
{
  const char *words;
  RpVerdict verdict;
} local_words[] = {
  { "one of the recipients was rejected by the server", RP_VERDICT_RELAY_DENIED },
  { "einer der empfänger vom server", RP_VERDICT_RELAY_DENIED },
  { "certificate", RP_VERDICT_HOSTILE },
  { "zertifikat", RP_VERDICT_HOSTILE },
  { "certificat", RP_VERDICT_HOSTILE },
  { "connection refused", RP_VERDICT_UNREACHABLE },
  { "verbindung verweigert", RP_VERDICT_UNREACHABLE },
  { "timed out", RP_VERDICT_UNREACHABLE },
  { "zeitüberschreitung", RP_VERDICT_UNREACHABLE },
  { "connecting to outgoing server", RP_VERDICT_UNREACHABLE },
  { "could not connect", RP_VERDICT_UNREACHABLE },
  { "no route to host", RP_VERDICT_UNREACHABLE },
  { "network is unreachable", RP_VERDICT_UNREACHABLE },
  { "name or service not known", RP_VERDICT_UNREACHABLE },
};

static void
judge_local_words (RpDiagnosis *self, const char *text)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (guint i = 0; i < G_N_ELEMENTS (local_words); i++)
    if (strstr (folded, local_words[i].words) != NULL)
      {
        self->is_known = TRUE;
        self->verdict = local_words[i].verdict;
        return;
      }
}

/* Thunderbird and Evolution show the words alone: as if a 550 stood before them, or a
 * 535. What only a code would tell is not told. */
static void
judge_words (RpDiagnosis *self, const char *text)
{
  static const guint codes[] = { 550, 535 };

  for (guint i = 0; i < G_N_ELEMENTS (codes) && !self->is_known; i++)
    {
      g_autoptr (RpReply) reply = reply_from_lines (codes[i], text);
      const RpPhrase *phrase = find_phrase (reply);

      if (phrase == NULL || (phrase->words == NULL && phrase->enhanced == NULL))
        continue;
      self->is_known = TRUE;
      self->phrase = phrase;
      self->verdict = phrase->verdict;
      self->reply = g_steal_pointer (&reply);
    }
}

RpDiagnosis *
rp_diagnosis_new (const char *text)
{
  RpDiagnosis *self = g_new0 (RpDiagnosis, 1);
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  self->error = rp_outlook_error_find (valid);
  self->reply = find_reply (valid);
  self->has_code = self->reply != NULL;
  if (self->has_code)
    judge_reply (self);
  else
    judge_words (self, valid);

  if (!self->is_known && self->error != NULL)
    {
      self->is_known = TRUE;
      self->verdict = self->error->verdict;
    }
  if (!self->is_known)
    judge_local_words (self, valid);
  return self;
}

void
rp_diagnosis_free (RpDiagnosis *self)
{
  if (self == NULL)
    return;

  if (self->reply != NULL)
    rp_reply_free (self->reply);
  g_free (self);
}

static const char *
get_meaning (RpVerdict verdict)
{
  switch (verdict)
    {
    case RP_VERDICT_ACCEPTED:
      return _ ("The server took the message");
    case RP_VERDICT_RELAY_DENIED:
      return _ ("The server passes mail on to other domains only for those whom it "
                "knows, and from where you are it does not know you");
    case RP_VERDICT_RECIPIENT_REFUSED:
      return _ ("The server does not deliver to this recipient: the address is wrong, "
                "or its mailbox is closed or full");
    case RP_VERDICT_SENDER_REFUSED:
      return _ ("The server does not let you send with this sender's address: it "
                "belongs to another domain or to another user");
    case RP_VERDICT_AUTH_NEEDED:
      return _ ("The server wants a login before it takes mail");
    case RP_VERDICT_CREDENTIALS:
      return _ ("The server refused user name or password");
    case RP_VERDICT_AUTH_DISABLED:
      return _ ("The server does not offer login with a password here, or an "
                "administrator switched it off");
    case RP_VERDICT_POLICY:
      return _ ("The server refused the message by its rules: as spam, or since the "
                "sender's domain does not allow the server that it came by");
    case RP_VERDICT_NETWORK_LISTED:
      return _ ("The server takes no mail from the address of the network that you are "
                "on: it is listed, or is given out to changing users");
    case RP_VERDICT_TEMPORARY:
      return _ ("The server cannot take the message just now");
    case RP_VERDICT_SPLIT:
      return _ ("The message has more recipients than the server takes at a time");
    case RP_VERDICT_TOO_BIG:
      return _ ("The message is larger than the server takes");
    case RP_VERDICT_UNREACHABLE:
      return _ ("The server cannot be reached from here: often the network blocks its "
                "port");
    case RP_VERDICT_HOSTILE:
      return _ ("What answered is not proved to be the server: a hotel's login page, a "
                "wrong certificate, or something that removes the encryption");
    case RP_VERDICT_AMBIGUOUS:
      return _ ("The connection broke when the message was already there: it may have "
                "been delivered, or not");
    case RP_VERDICT_REFUSED:
      return _ ("The server refused for good, in words that are not known here");
    }

  g_return_val_if_reached ("");
}

/* Which switch the text names, of a login. */
static RpTrouble
get_trouble (const RpDiagnosis *self)
{
  return self->phrase == NULL ? RP_TROUBLE_NONE : self->phrase->trouble;
}

/* The meanings of numbers begin small; here they stand beside those of replies. */
static char *
dup_with_capital (const char *sentence)
{
  const char *rest = g_utf8_next_char (sentence);
  g_autofree char *first = g_utf8_strup (sentence, rest - sentence);

  return g_strconcat (first, rest, NULL);
}

char *
rp_diagnosis_dup_meaning (const RpDiagnosis *self)
{
  if (!self->is_known)
    return g_strdup (_ ("This text is not known here"));
  if (self->error != NULL && self->phrase == NULL && !self->has_code)
    return dup_with_capital (_ (self->error->meaning));
  if (get_trouble (self) != RP_TROUBLE_NONE)
    return g_strdup (rp_words_trouble_get_meaning (get_trouble (self)));
  return g_strdup (get_meaning (self->verdict));
}

const char *
rp_diagnosis_get_answer (const RpDiagnosis *self)
{
  if (!self->is_known)
    return _ ("roampost hands the server's words through to your mail program");

  switch (self->verdict)
    {
    case RP_VERDICT_ACCEPTED:
      return _ ("nothing is left to do");
    case RP_VERDICT_RELAY_DENIED:
      return _ (
          "roampost logs in where it can, and else sends this recipient's copy by "
          "the next server that lets you in from where you are");
    case RP_VERDICT_RECIPIENT_REFUSED:
      return _ ("roampost tells you the server's words; no other server is tried, for "
                "none could deliver it");
    case RP_VERDICT_SENDER_REFUSED:
      return _ ("roampost goes by a server of this sender's own, never by the server "
                "of the place where you are");
    case RP_VERDICT_AUTH_NEEDED:
      return _ ("roampost logs in at the same server with the password from your "
                "keyring");
    case RP_VERDICT_CREDENTIALS:
      return _ ("roampost keeps the message, asks you to log in again, and tries the "
                "login at no other server");
    case RP_VERDICT_AUTH_DISABLED:
      return _ ("roampost goes by the next endpoint or server, and sends nothing here "
                "without the login");
    case RP_VERDICT_POLICY:
      return _ ("roampost tells you the server's words; another server would be a way "
                "round the rule");
    case RP_VERDICT_NETWORK_LISTED:
      return _ ("roampost goes by the next server: this place is meant, not your "
                "message");
    case RP_VERDICT_TEMPORARY:
      return _ ("roampost tells your mail program so; the same way is open again "
                "later");
    case RP_VERDICT_SPLIT:
      return _ ("roampost sends to the recipients in several parts");
    case RP_VERDICT_TOO_BIG:
      return _ ("roampost goes by a server that takes more, if you have one");
    case RP_VERDICT_UNREACHABLE:
      return _ ("roampost goes by the server's other ports, then by the next server, "
                "and remembers it for this place");
    case RP_VERDICT_HOSTILE:
      return _ ("roampost gives away neither password nor message there, and never "
                "goes on without encryption");
    case RP_VERDICT_AMBIGUOUS:
      return _ ("roampost never sends it a second time on its own");
    case RP_VERDICT_REFUSED:
      return _ ("roampost hands the server's words through to your mail program");
    }

  g_return_val_if_reached ("");
}

const char *
rp_diagnosis_get_advice (const RpDiagnosis *self)
{
  if (!self->is_known)
    return _ ("Ask whoever runs the server, with the whole text");
  if (get_trouble (self) != RP_TROUBLE_NONE)
    return rp_words_trouble_get_advice (get_trouble (self));

  switch (self->verdict)
    {
    case RP_VERDICT_ACCEPTED:
      return _ ("If it did not arrive, “roampost log” tells by which server it went");
    case RP_VERDICT_RELAY_DENIED:
      return _ ("Let your mail program send to localhost:2525; give the server "
                "access=password and user= in roampost.conf and store the password "
                "with “roampost login”");
    case RP_VERDICT_RECIPIENT_REFUSED:
      return _ ("Check how the address is written, or ask the recipient");
    case RP_VERDICT_SENDER_REFUSED:
      return _ ("Send as an address that belongs to the server, or add a server that "
                "knows this address to the account");
    case RP_VERDICT_AUTH_NEEDED:
      return _ ("Give the server access=password and user= in roampost.conf and store "
                "the password with “roampost login”");
    case RP_VERDICT_CREDENTIALS:
      return _ ("Store the right password with “roampost login”; some providers want a "
                "password made for one program (app password)");
    case RP_VERDICT_AUTH_DISABLED:
      return _ ("Switch sending by mail programs (SMTP AUTH) on in the provider's "
                "settings, or ask the administrator");
    case RP_VERDICT_POLICY:
      return _ ("Send by the server of your address's own domain; if the text speaks "
                "of spam, change the content");
    case RP_VERDICT_NETWORK_LISTED:
      return _ ("Use a server with a login, on port 465 or 587, or another network");
    case RP_VERDICT_TEMPORARY:
      return _ ("Send again in some minutes");
    case RP_VERDICT_SPLIT:
      return _ ("Nothing; without roampost, send to fewer people at a time");
    case RP_VERDICT_TOO_BIG:
      return _ ("Send smaller attachments, or a link");
    case RP_VERDICT_UNREACHABLE:
      return _ (
          "Give the server more than one endpoint in roampost.conf (465 and 587), "
          "or send from another network");
    case RP_VERDICT_HOSTILE:
      return _ ("Open a web page to log in to the network, or use another one; never "
                "accept the certificate");
    case RP_VERDICT_AMBIGUOUS:
      return _ ("Ask the recipient before you send it again");
    case RP_VERDICT_REFUSED:
      return _ ("Ask whoever runs the server, with the whole text");
    }

  g_return_val_if_reached ("");
}

static void
insert_reply (GVariantDict *dict, const RpReply *reply, gboolean has_code)
{
  if (has_code)
    g_variant_dict_insert (dict, "code", "u", reply->code);
  g_variant_dict_insert (dict, "reply", "s", reply->lines[0]);
}

GVariant *
rp_diagnosis_to_variant (const RpDiagnosis *self)
{
  g_autofree char *meaning = rp_diagnosis_dup_meaning (self);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "known", "b", self->is_known);
  if (self->is_known)
    g_variant_dict_insert (&dict, "verdict", "s", rp_verdict_to_nick (self->verdict));
  if (self->reply != NULL)
    insert_reply (&dict, self->reply, self->has_code);
  if (self->phrase != NULL)
    {
      g_variant_dict_insert (&dict, "seen-on", "s", self->phrase->seen_on);
      g_variant_dict_insert (&dict, "language", "s", self->phrase->language);
      if (self->phrase->trouble != RP_TROUBLE_NONE)
        g_variant_dict_insert (&dict, "trouble", "s",
                               rp_trouble_to_nick (self->phrase->trouble));
    }
  if (self->error != NULL)
    {
      g_autofree char *number = g_strdup_printf ("0x%08X", self->error->number);

      g_variant_dict_insert (&dict, "number", "s", number);
      g_variant_dict_insert (&dict, "name", "s", self->error->name);
    }
  g_variant_dict_insert (&dict, "meaning", "s", meaning);
  g_variant_dict_insert (&dict, "roampost", "s", rp_diagnosis_get_answer (self));
  g_variant_dict_insert (&dict, "advice", "s", rp_diagnosis_get_advice (self));
  return g_variant_dict_end (&dict);
}
