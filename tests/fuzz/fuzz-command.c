/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "core/rp-address.h"
#include "core/rp-smtp-command.h"
#include "core/rp-parameter.h"

static void
check_text (const char *text)
{
  if (text == NULL)
    return;

  must (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    must (!g_unichar_iscntrl (g_utf8_get_char (p)));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autoptr (RpSmtpCommand) command =
      rp_smtp_command_parse ((const char *) data, n_bytes);
  g_autoptr (RpEnvelope) envelope = NULL;
  g_autoptr (RpReply) refusal = NULL;

  rp_smtp_command_is_foreign ((const char *) data, n_bytes);
  if (command->refusal != NULL)
    return 0;

  must (memchr (data, '\0', n_bytes) == NULL);
  check_text (command->argument);
  check_text (command->initial_response);
  check_text (command->address);
  if (command->address == NULL)
    return 0;

  must (command->address[0] == '\0' || rp_address_is_valid (command->address));
  envelope = rp_envelope_new (command->address);
  if (command->verb == RP_VERB_MAIL)
    refusal =
        rp_parameters_apply_to_sender (command->parameters, RP_FEATURE_ALL, envelope);
  else
    refusal = rp_parameters_apply_to_recipient (
        command->parameters, RP_FEATURE_ALL,
        rp_envelope_add_recipient (envelope, command->address));
  check_text (envelope->envid);
  return 0;
}
