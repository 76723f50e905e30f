/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the other side of a transcript says; see README. */
#pragma once

#include <string>

#include "core/rp-dialogue.h"
#include "transcript.h"

namespace replies
{

inline char *
name_reason (const RpReason *reason, gpointer)
{
  g_autofree char *args = g_strjoinv (" ", reason->args);

  return g_strdup_printf ("[%s%s%s]", rp_reason_code_to_nick (reason->code),
                          args[0] != '\0' ? " " : "", args);
}

inline RpReply *
check_sender (const RpEnvelope *envelope)
{
  if (std::string (envelope->sender) == "refused@proseware.com")
    return rp_reply_new (550, "5.7.1", "No account sends as this address");
  return nullptr;
}

inline RpReply *
check_recipient (const RpRecipient *recipient)
{
  if (std::string (recipient->address) == "unknown@adatum.com")
    return rp_reply_new (550, "5.1.1", "No such user");
  return nullptr;
}

inline RpReply *
take_message (const RpEnvelope *envelope, const RpContentFacts *facts)
{
  return rp_reply_new_printf (250, "2.0.0",
                              "Ok: %u recipients, %" G_GUINT64_FORMAT " octets",
                              rp_envelope_get_n_recipients (envelope), facts->n_bytes);
}

inline RpDialogueSettings
read_settings (const Transcript &transcript)
{
  RpDialogueSettings settings = RP_DIALOGUE_SETTINGS_INIT;

  settings.sentence = name_reason;
  settings.max_message_bytes =
      std::stoull (transcript.get ("max-message-bytes", "26214400"));
  settings.max_recipients =
      guint (std::stoul (transcript.get ("max-recipients", "1000")));
  settings.max_errors = guint (std::stoul (transcript.get ("max-errors", "20")));
  settings.features =
      guint (std::stoul (transcript.get ("features", std::to_string (RP_FEATURE_ALL))));
  settings.requires_login = transcript.get ("requires-login", "no") == "yes";
  if (transcript.get ("bare-newline", "refuse") == "normalize")
    settings.bare_newline = RP_BARE_NEWLINE_NORMALIZE;
  return settings;
}

}
