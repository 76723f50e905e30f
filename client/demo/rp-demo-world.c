/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "demo/rp-demo-world.h"

#include <string.h>

#include "core/rp-surroundings.h"

static const RpDemoHost hosts[RP_DEMO_N_HOSTS] = {
  { "proseware", "mail.proseware.com", "127.0.25.1", "proseware.com", RP_DEMO_HOME },
  { "thephone", "mail.thephone-company.com", "127.0.25.2", "thephone-company.com",
    RP_DEMO_WORK },
  { "hotel", "relay.hotel.example", "127.0.25.3", "hotel.example", RP_DEMO_HOTEL },
  { "adatum", "mx.adatum.com", "127.0.25.4", "adatum.com", -1 },
};

enum
{
  PROSEWARE,
  THEPHONE,
  HOTEL,
  ADATUM
};

typedef struct
{
  const char *nick;
  const char *address;
  const char *gateway;
  const char *gateway_mac;
  const char *dns_domain;
} Place;

static const Place places[] = {
  [RP_DEMO_HOME] = { "home", "198.51.100.77", "198.51.100.1", "52:54:00:00:00:01",
                     "proseware.com" },
  [RP_DEMO_WORK] = { "work", "203.0.113.77", "203.0.113.1", "52:54:00:00:00:02",
                     "corp.thephone-company.com" },
  [RP_DEMO_HOTEL] = { "hotel", "198.18.7.77", "198.18.7.1", "52:54:00:00:00:03",
                      "guests.hotel.example" },
};

static const RpDemoScenario scenarios[RP_DEMO_N_SCENARIOS] = {
  { RP_DEMO_HOME, "joe@proseware.com", FALSE },
  { RP_DEMO_HOME, "bob@adatum.com", TRUE },
  { RP_DEMO_WORK, "joe@proseware.com", FALSE },
  { RP_DEMO_WORK, "bob@adatum.com", TRUE },
  { RP_DEMO_HOTEL, "joe@proseware.com", FALSE },
  { RP_DEMO_HOTEL, "bob@adatum.com", TRUE },
};

const RpDemoHost *
rp_demo_world_get_hosts (void)
{
  return hosts;
}

const RpDemoScenario *
rp_demo_world_get_scenarios (void)
{
  return scenarios;
}

gboolean
rp_demo_world_is_up (const RpDemoWorld *self, const RpDemoHost *host)
{
  return host != &hosts[HOTEL] || self->hotel_has_server;
}

static gboolean
is_hosted (const RpDemoHost *host, const char *recipient)
{
  const char *at = strrchr (recipient, '@');

  return at != NULL && g_ascii_strcasecmp (at + 1, host->domain) == 0;
}

static gboolean
lets_relay (const RpDemoWorld *self, const RpDemoHost *host, const char *user)
{
  const gboolean is_isp = host == &hosts[PROSEWARE];

  if (host->relays_at == (int) self->place)
    return TRUE;
  if (is_isp && self->isp == RP_ACCESS_PASSWORD)
    return user != NULL;
  if (is_isp && self->isp == RP_ACCESS_POP)
    return self->pop_place == (int) self->place;

  return FALSE;
}

RpReply *
rp_demo_world_check_recipient (const RpDemoWorld *self,
                               const RpDemoHost *host,
                               const char *user,
                               const char *recipient)
{
  if (is_hosted (host, recipient) || lets_relay (self, host, user))
    return NULL;

  /* Each in the words of another server software: sendmail, qmail, Postfix. */
  if (host == &hosts[PROSEWARE])
    return rp_reply_new_printf (550, "5.7.1", "<%s>... Relaying denied", recipient);
  if (host == &hosts[THEPHONE])
    return rp_reply_new (553, NULL,
                         "sorry, that domain isn't in my list of allowed rcpthosts "
                         "(#5.7.1)");
  return rp_reply_new_printf (554, "5.7.1", "<%s>: Relay access denied", recipient);
}

const char *
rp_demo_place_to_nick (RpDemoPlace place)
{
  return places[place].nick;
}

gboolean
rp_demo_place_from_nick (const char *nick, RpDemoPlace *place)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_str_equal (places[i].nick, nick))
      {
        *place = (RpDemoPlace) i;
        return TRUE;
      }

  return FALSE;
}

char *
rp_demo_world_dup_surroundings (const RpDemoWorld *self)
{
  const Place *place = &places[self->place];
  g_autoptr (RpSurroundings) surroundings = rp_surroundings_new ();
  g_autoptr (GVariant) variant = NULL;

  surroundings->connectivity = RP_CONNECTIVITY_FULL;
  surroundings->gateway = g_strdup (place->gateway);
  surroundings->gateway_mac = g_strdup (place->gateway_mac);
  surroundings->dns_domains =
      g_strdupv ((char *[]){ (char *) place->dns_domain, NULL });
  surroundings->addresses = g_strdupv ((char *[]){ (char *) place->address, NULL });

  variant = g_variant_ref_sink (rp_surroundings_to_variant (surroundings));
  return g_variant_print (variant, TRUE);
}

static const char *
get_isp_access (const RpDemoWorld *self)
{
  switch (self->isp)
    {
    case RP_ACCESS_PASSWORD:
      return "access=network:home;password\n"
             "user=" RP_DEMO_USER "\n"
             "secret-command=echo '" RP_DEMO_PASSWORD "'\n";
    case RP_ACCESS_POP:
      return "access=network:home;pop\n"
             "user=" RP_DEMO_USER "\n"
             "secret-command=echo '" RP_DEMO_PASSWORD "'\n";
    case RP_ACCESS_NETWORK:
      return "access=network:home\n";
    case RP_ACCESS_ADDRESS:
      return "access=address:198.51.100.0/24\n";
    case RP_ACCESS_OAUTH2:
    case RP_ACCESS_CERTIFICATE:
    case RP_ACCESS_KERBEROS:
      break; /* not among the restrictions that the demo plays */
    }

  g_assert_not_reached ();
}

static void
append_network (GString *config, RpDemoPlace place, const char *server)
{
  g_string_append_printf (config, "\n[network %s]\ngateway-mac=%s\ndns-domain=%s\n",
                          places[place].nick, places[place].gateway_mac,
                          places[place].dns_domain);
  if (server != NULL)
    g_string_append_printf (config, "server=%s\n", server);
}

static void
append_server (GString *config,
               const RpDemoHost *host,
               guint16 port,
               const char *access)
{
  g_string_append_printf (config,
                          "\n[server %s]\nendpoints=smtp+insecure://%s:%u\n"
                          "domains=%s\n%s",
                          host->name, host->address, port, host->domain, access);
}

char *
rp_demo_world_dup_config (const RpDemoWorld *self,
                          const char *listen,
                          const guint16 *ports,
                          guint16 pop_port)
{
  GString *config = g_string_new (NULL);

  g_string_append_printf (config,
                          "[agent]\nlisten=%s\n\n[account terri]\n"
                          "address=" RP_DEMO_SENDER "\nservers=proseware;location\n",
                          listen);

  append_server (config, &hosts[PROSEWARE], ports[PROSEWARE], get_isp_access (self));
  if (self->isp == RP_ACCESS_POP)
    g_string_append_printf (config, "pop=pop3+insecure://%s:%u\n",
                            hosts[PROSEWARE].address, pop_port);
  append_server (config, &hosts[THEPHONE], ports[THEPHONE], "access=network:work\n");
  if (self->hotel_has_server)
    append_server (config, &hosts[HOTEL], ports[HOTEL], "access=network:hotel\n");

  append_network (config, RP_DEMO_HOME, "proseware");
  append_network (config, RP_DEMO_WORK, "thephone");
  append_network (config, RP_DEMO_HOTEL, self->hotel_has_server ? "hotel" : NULL);
  return g_string_free (config, FALSE);
}
