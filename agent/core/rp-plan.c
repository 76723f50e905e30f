/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan as a value; rp-router.c decides what is in it. */
#include "core/rp-router.h"

static const char *const permission_nicks[] = {
  [RP_PERMISSION_HOSTS] = "hosts",       [RP_PERMISSION_PASSWORD] = "password",
  [RP_PERMISSION_OAUTH2] = "oauth2",     [RP_PERMISSION_CERTIFICATE] = "certificate",
  [RP_PERMISSION_KERBEROS] = "kerberos", [RP_PERMISSION_POP] = "pop",
  [RP_PERMISSION_NETWORK] = "network",   [RP_PERMISSION_ADDRESS] = "address",
};

gboolean
rp_permission_is_login (RpPermission permission)
{
  switch (permission)
    {
    case RP_PERMISSION_PASSWORD:
    case RP_PERMISSION_OAUTH2:
    case RP_PERMISSION_CERTIFICATE:
    case RP_PERMISSION_KERBEROS:
      return TRUE;
    case RP_PERMISSION_HOSTS:
    case RP_PERMISSION_POP:
    case RP_PERMISSION_NETWORK:
    case RP_PERMISSION_ADDRESS:
      return FALSE;
    }
  g_return_val_if_reached (FALSE);
}

void
rp_route_free (RpRoute *self)
{
  if (self == NULL)
    return;

  rp_reason_free (self->reason);
  rp_reason_free (self->demotion);
  g_free (self);
}

RpReason *
rp_route_dup_refused (const RpRoute *self)
{
  const RpServer *server = self->server;
  const char *user = server->user != NULL ? server->user : "";

  switch (self->permission)
    {
    case RP_PERMISSION_OAUTH2:
      return rp_reason_new (RP_REASON_SIGN_IN_REFUSED, server->name, user, NULL);
    case RP_PERMISSION_CERTIFICATE:
      return rp_reason_new (RP_REASON_CERTIFICATE_REFUSED, server->name,
                            server->client_certificate, NULL);
    case RP_PERMISSION_KERBEROS:
      return rp_reason_new (RP_REASON_TICKET_REFUSED, server->name, user, NULL);
    case RP_PERMISSION_PASSWORD:
    case RP_PERMISSION_HOSTS:
    case RP_PERMISSION_POP:
    case RP_PERMISSION_NETWORK:
    case RP_PERMISSION_ADDRESS:
      break;
    }
  return rp_reason_new (RP_REASON_LOGIN_REFUSED, server->name, user, NULL);
}

void
rp_left_out_free (RpLeftOut *self)
{
  if (self == NULL)
    return;

  g_free (self->server);
  g_free (self->endpoint);
  rp_reason_free (self->reason);
  g_free (self);
}

static void
recipient_plan_free (RpRecipientPlan *self)
{
  g_free (self->address);
  g_ptr_array_unref (self->routes);
  g_ptr_array_unref (self->left_out);
  g_free (self);
}

RpPlan *
rp_plan_new (RpConfig *config, const RpAccount *account)
{
  RpPlan *self = g_new0 (RpPlan, 1);

  self->config = rp_config_ref (config);
  self->account = account;
  self->place = g_strdup ("");
  self->recipients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) recipient_plan_free);
  return self;
}

void
rp_plan_free (RpPlan *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->recipients);
  g_free (self->network);
  g_free (self->place);
  rp_config_unref (self->config);
  g_free (self);
}

RpRecipientPlan *
rp_plan_add_recipient (RpPlan *self, const char *address)
{
  RpRecipientPlan *recipient = g_new0 (RpRecipientPlan, 1);

  recipient->address = g_strdup (address);
  recipient->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) rp_route_free);
  recipient->left_out =
      g_ptr_array_new_with_free_func ((GDestroyNotify) rp_left_out_free);
  g_ptr_array_add (self->recipients, recipient);
  return recipient;
}

const RpLeftOut *
rp_recipient_plan_find_openable (const RpRecipientPlan *self)
{
  const RpLeftOut *found = NULL;

  for (guint i = 0; i < self->left_out->len; i++)
    {
      const RpLeftOut *left_out = rp_recipient_plan_get_left_out (self, i);

      if (!left_out->can_open_later)
        continue;
      if (left_out->reason->code == RP_REASON_NOT_ON_NETWORK)
        return left_out;
      if (found == NULL)
        found = left_out;
    }

  return found;
}

const char *
rp_permission_to_nick (RpPermission self)
{
  g_return_val_if_fail ((guint) self < G_N_ELEMENTS (permission_nicks), "");

  return permission_nicks[self];
}

static void
insert_reason (GVariantDict *dict, const char *key, const RpReason *reason)
{
  if (reason != NULL)
    g_variant_dict_insert_value (dict, key, rp_reason_to_variant (reason));
}

static GVariant *
route_to_variant (const RpRoute *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "server", "s", self->server->name);
  g_variant_dict_insert (&dict, "endpoint", "s", self->endpoint->url);
  g_variant_dict_insert (&dict, "permission", "s",
                         rp_permission_to_nick (self->permission));
  g_variant_dict_insert (&dict, "relaying", "b", self->is_relaying);
  insert_reason (&dict, "reason", self->reason);
  insert_reason (&dict, "demotion", self->demotion);
  return g_variant_dict_end (&dict);
}

static GVariant *
left_out_to_variant (const RpLeftOut *self)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (self->server != NULL)
    g_variant_dict_insert (&dict, "server", "s", self->server);
  if (self->endpoint != NULL)
    g_variant_dict_insert (&dict, "endpoint", "s", self->endpoint);
  g_variant_dict_insert (&dict, "can-open-later", "b", self->can_open_later);
  insert_reason (&dict, "reason", self->reason);
  return g_variant_dict_end (&dict);
}

GVariant *
rp_recipient_plan_to_variant (const RpRecipientPlan *self)
{
  GVariantBuilder routes;
  GVariantBuilder left_out;
  GVariantDict dict;

  g_variant_builder_init (&routes, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->routes->len; i++)
    g_variant_builder_add_value (
        &routes, route_to_variant (rp_recipient_plan_get_route (self, i)));

  g_variant_builder_init (&left_out, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->left_out->len; i++)
    g_variant_builder_add_value (
        &left_out, left_out_to_variant (rp_recipient_plan_get_left_out (self, i)));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "address", "s", self->address);
  g_variant_dict_insert_value (&dict, "routes", g_variant_builder_end (&routes));
  g_variant_dict_insert_value (&dict, "left-out", g_variant_builder_end (&left_out));
  return g_variant_dict_end (&dict);
}

GVariant *
rp_plan_to_variant (const RpPlan *self)
{
  GVariantBuilder recipients;
  GVariantDict dict;

  g_variant_builder_init (&recipients, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < self->recipients->len; i++)
    g_variant_builder_add_value (
        &recipients, rp_recipient_plan_to_variant (rp_plan_get_recipient (self, i)));

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "account", "s", self->account->name);
  g_variant_dict_insert (&dict, "network", "s",
                         self->network != NULL ? self->network : "");
  g_variant_dict_insert (&dict, "connectivity", "s",
                         rp_connectivity_to_nick (self->connectivity));
  g_variant_dict_insert_value (&dict, "recipients",
                               g_variant_builder_end (&recipients));
  return g_variant_dict_end (&dict);
}
