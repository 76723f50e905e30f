/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/rp-surroundings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace
{

/* "key=value;value key=value": one rule, or what was seen. */
using Words = std::vector<std::string>;

Words
split (const std::string &text, char separator)
{
  Words words;
  std::string word;

  for (char c : text + separator)
    if (c != separator)
      word += c;
    else if (!word.empty ())
      {
        words.push_back (word);
        word.clear ();
      }
  return words;
}

GStrv
make_strv (const Words &words)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (const std::string &word : words)
    g_strv_builder_add (builder, word.c_str ());
  return g_strv_builder_end (builder);
}

void
free_rule (gpointer data)
{
  auto rule = static_cast<RpNetworkRule *> (data);

  g_free (rule->name);
  g_strfreev (rule->nm_uuids);
  g_strfreev (rule->ssids);
  g_strfreev (rule->gateway_macs);
  g_strfreev (rule->dns_domains);
  g_strfreev (rule->vpns);
  g_ptr_array_unref (rule->addresses);
  g_free (rule);
}

void
free_range (gpointer data)
{
  rp_cidr_clear (static_cast<RpCidr *> (data));
  g_free (data);
}

/* "home: ssid=a gateway-mac=b" */
RpNetworkRule *
make_rule (const std::string &text)
{
  auto rule = g_new0 (RpNetworkRule, 1);
  gsize colon = text.find (": ");

  rule->name = g_strdup (text.substr (0, colon).c_str ());
  rule->addresses = g_ptr_array_new_with_free_func (free_range);
  for (const std::string &fact : split (text.substr (colon + 2), ' '))
    {
      std::string key = fact.substr (0, fact.find ('='));
      Words values = split (fact.substr (fact.find ('=') + 1), ';');

      if (key == "uuid")
        rule->nm_uuids = make_strv (values);
      else if (key == "ssid")
        rule->ssids = make_strv (values);
      else if (key == "mac")
        rule->gateway_macs = make_strv (values);
      else if (key == "domain")
        rule->dns_domains = make_strv (values);
      else if (key == "vpn")
        rule->vpns = make_strv (values);
      else if (key == "address")
        for (const std::string &value : values)
          {
            auto range = g_new0 (RpCidr, 1);
            EXPECT_TRUE (rp_cidr_parse (value.c_str (), range)) << value;
            g_ptr_array_add (rule->addresses, range);
          }
      else
        ADD_FAILURE () << "no such key: " << key;
    }
  return rule;
}

struct Config
{
  RpConfig config = {};

  explicit Config (const Words &rules)
  {
    config.networks = g_ptr_array_new_with_free_func (free_rule);
    for (const std::string &rule : rules)
      g_ptr_array_add (config.networks, make_rule (rule));
  }
  ~Config ()
  {
    g_ptr_array_unref (config.networks);
  }
  Config (const Config &) = delete;
  Config &operator= (const Config &) = delete;
};

RpSurroundings *
make_surroundings (const std::string &text)
{
  RpSurroundings *self = rp_surroundings_new ();

  for (const std::string &fact : split (text, ' '))
    {
      std::string key = fact.substr (0, fact.find ('='));
      std::string value = fact.substr (fact.find ('=') + 1);

      if (key == "uuid")
        self->connection_uuid = g_strdup (value.c_str ());
      else if (key == "type")
        self->connection_type = g_strdup (value.c_str ());
      else if (key == "ssid")
        self->ssid = g_strdup (value.c_str ());
      else if (key == "mac")
        self->gateway_mac = g_strdup (value.c_str ());
      else if (key == "domain")
        self->dns_domains = make_strv (split (value, ';'));
      else if (key == "address")
        self->addresses = make_strv (split (value, ';'));
      else if (key == "vpn")
        self->vpns = make_strv (split (value, ';'));
      else
        ADD_FAILURE () << "no such fact: " << key;
    }
  return self;
}

struct MatchCase
{
  const char *name;
  Words rules;
  const char *seen;
  const char *network; /* "" for none */
};

void
PrintTo (const MatchCase &row, std::ostream *out)
{
  *out << row.name;
}

class Match : public testing::TestWithParam<MatchCase>
{
};

TEST_P (Match, FindsNetwork)
{
  const MatchCase &row = GetParam ();
  Config config (row.rules);
  g_autoptr (RpSurroundings) seen = make_surroundings (row.seen);
  const RpNetworkRule *rule = rp_surroundings_find_network (seen, &config.config);

  EXPECT_STREQ (rule == nullptr ? "" : rule->name, row.network);
}

const MatchCase kMatchCases[] = {
  { "NoRules", {}, "ssid=a", "" },
  { "RuleWithoutKeys", { "home: " }, "ssid=a", "" },
  { "Ssid", { "home: ssid=a" }, "ssid=a", "home" },
  { "SsidIsCaseSensitive", { "home: ssid=a" }, "ssid=A", "" },
  { "SsidNotSeen", { "home: ssid=a" }, "mac=52:54:00:12:34:56", "" },
  { "SsidAlternative", { "home: ssid=a;b" }, "ssid=b", "home" },
  { "Mac",
    { "home: mac=52:54:00:12:34:56" },
    "type=802-3-ethernet mac=52:54:00:12:34:56",
    "home" },
  { "MacWrittenOtherwise",
    { "home: mac=52-54-00-12-34-AB" },
    "mac=52:54:00:12:34:ab",
    "home" },
  { "OtherMac", { "home: mac=52:54:00:12:34:56" }, "mac=52:54:00:12:34:57", "" },
  { "MacNotSeen", { "home: mac=52:54:00:12:34:56" }, "ssid=a", "" },
  { "Domain",
    { "work: domain=corp.example" },
    "domain=lan.example;corp.example",
    "work" },
  { "DomainCaseAndDot",
    { "work: domain=Corp.Example" },
    "domain=corp.example.",
    "work" },
  { "SubdomainIsAnotherDomain", { "work: domain=example" }, "domain=corp.example", "" },
  { "Vpn", { "work: vpn=office" }, "ssid=a vpn=other;office", "work" },
  { "OtherVpn", { "work: vpn=office" }, "ssid=a vpn=other", "" },
  { "Address", { "home: address=192.168.7.0/24" }, "address=192.168.7.9", "home" },
  { "AddressSecond",
    { "home: address=10.0.0.0/8;192.168.7.0/24" },
    "address=fe80::1;192.168.7.9",
    "home" },
  { "AddressOutside", { "home: address=192.168.7.0/24" }, "address=192.168.8.9", "" },
  { "AddressV6",
    { "home: address=2001:db8:7::/48" },
    "address=2001:db8:7:1::9",
    "home" },
  { "AddressNotSeen", { "home: address=192.168.7.0/24" }, "ssid=a", "" },
  { "AllKeysMustMatch",
    { "home: ssid=a mac=52:54:00:12:34:56" },
    "ssid=a mac=52:54:00:00:00:00",
    "" },
  { "AllKeysMatch",
    { "home: ssid=a mac=52:54:00:12:34:56" },
    "ssid=a mac=52:54:00:12:34:56",
    "home" },
  { "MostKeysWin",
    { "guest: ssid=a", "home: ssid=a mac=52:54:00:12:34:56" },
    "ssid=a mac=52:54:00:12:34:56",
    "home" },
  { "MostKeysWinEvenFirst",
    { "home: ssid=a mac=52:54:00:12:34:56", "guest: ssid=a" },
    "ssid=a mac=52:54:00:12:34:56",
    "home" },
  { "FileOrderBreaksATie", { "first: ssid=a", "second: ssid=a" }, "ssid=a", "first" },
  { "KeysAreCountedNotValues",
    { "first: ssid=a", "second: ssid=a;b;c" },
    "ssid=a",
    "first" },
  { "SeveralPlacesUnderOneName",
    { "home: ssid=a", "home: ssid=cabin" },
    "ssid=cabin",
    "home" },
  { "WiredUuidAlone",
    { "home: uuid=11111111-2222-3333-4444-555555555555" },
    "uuid=11111111-2222-3333-4444-555555555555 type=802-3-ethernet",
    "" },
  { "BridgeUuidAlone",
    { "home: uuid=11111111-2222-3333-4444-555555555555" },
    "uuid=11111111-2222-3333-4444-555555555555 type=bridge",
    "" },
  { "UuidAloneOfUnknownType",
    { "home: uuid=11111111-2222-3333-4444-555555555555" },
    "uuid=11111111-2222-3333-4444-555555555555",
    "" },
  { "WirelessUuidAlone",
    { "home: uuid=11111111-2222-3333-4444-555555555555" },
    "uuid=11111111-2222-3333-4444-555555555555 type=802-11-wireless",
    "home" },
  { "WiredUuidWithMac",
    { "home: uuid=11111111-2222-3333-4444-555555555555 mac=52:54:00:12:34:56" },
    "uuid=11111111-2222-3333-4444-555555555555 type=802-3-ethernet "
    "mac=52:54:00:12:34:56",
    "home" },
  { "UuidWrong",
    { "home: uuid=11111111-2222-3333-4444-555555555555" },
    "uuid=11111111-2222-3333-4444-555555555556 type=802-11-wireless",
    "" },
  { "Nothing", { "home: ssid=a", "work: domain=corp.example" }, "", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Match,
                          testing::ValuesIn (kMatchCases),
                          [] (const auto &row) { return row.param.name; });

struct PlaceCase
{
  const char *name;
  const char *seen;
  const char *place;
};

void
PrintTo (const PlaceCase &row, std::ostream *out)
{
  *out << row.name;
}

class Place : public testing::TestWithParam<PlaceCase>
{
};

TEST_P (Place, IsStable)
{
  const PlaceCase &row = GetParam ();
  Config config ({ "home: ssid=named" });
  g_autoptr (RpSurroundings) seen = make_surroundings (row.seen);
  g_autofree char *place = rp_surroundings_dup_place (seen, &config.config);

  EXPECT_STREQ (place, row.place);
}

const PlaceCase kPlaceCases[] = {
  { "Named", "ssid=named mac=52:54:00:12:34:56", "network=home" },
  { "MacAndSubnet", "mac=52:54:00:12:34:56 address=192.168.7.9",
    "mac=52:54:00:12:34:56 subnet=c0a807" },
  { "OtherHostOfTheSubnet", "mac=52:54:00:12:34:56 address=192.168.7.200",
    "mac=52:54:00:12:34:56 subnet=c0a807" },
  { "DomainsInAnyOrder", "domain=b.example;a.example", "domains=a.example,b.example" },
  { "V4GoesBeforeV6", "address=2001:db8:7:1::9;192.168.7.9", "subnet=c0a807" },
  { "V6Alone", "address=fe80::1;2001:db8:7:1::9", "subnet=20010db800070001" },
  { "LinkLocalTellsNothing", "address=169.254.3.4;fe80::1", "" },
  { "Ssid", "ssid=hotel", "ssid=hotel" },
  { "Nothing", "", "" },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Place,
                          testing::ValuesIn (kPlaceCases),
                          [] (const auto &row) { return row.param.name; });

RpSurroundings *
make_full ()
{
  RpSurroundings *full = make_surroundings (
      "uuid=u type=802-11-wireless ssid=s mac=52:54:00:12:34:56 "
      "domain=a.example;b.example address=192.0.2.1;2001:db8::1 vpn=v;w");

  full->connectivity = RP_CONNECTIVITY_PORTAL;
  full->metered = RP_METERED_YES;
  full->gateway = g_strdup ("192.0.2.254");
  return full;
}

struct ChangeCase
{
  const char *name;
  void (*change) (RpSurroundings *self);
  bool is_equal;
  bool is_elsewhere;
};

void
PrintTo (const ChangeCase &row, std::ostream *out)
{
  *out << row.name;
}

class Change : public testing::TestWithParam<ChangeCase>
{
};

TEST_P (Change, IsSeen)
{
  g_autoptr (RpSurroundings) before = make_full ();
  g_autoptr (RpSurroundings) after = rp_surroundings_copy (before);

  GetParam ().change (after);
  EXPECT_EQ (rp_surroundings_equal (before, after), GetParam ().is_equal);
  EXPECT_EQ (rp_surroundings_equal (after, before), GetParam ().is_equal);
  EXPECT_EQ (rp_surroundings_is_elsewhere (before, before->gateway_mac, after),
             GetParam ().is_elsewhere);
}

void
set (char **field, const char *value)
{
  g_free (*field);
  *field = g_strdup (value);
}

void
set_list (GStrv *field, const Words &values)
{
  g_strfreev (*field);
  *field = values.empty () ? nullptr : make_strv (values);
}

const ChangeCase kChangeCases[] = {
  { "Nothing", [] (RpSurroundings *) {}, true, false },
  { "Connectivity", [] (RpSurroundings *s) { s->connectivity = RP_CONNECTIVITY_FULL; },
    false, true },
  { "Metered", [] (RpSurroundings *s) { s->metered = RP_METERED_NO; }, false, false },
  { "Uuid", [] (RpSurroundings *s) { set (&s->connection_uuid, "x"); }, false, true },
  { "Type", [] (RpSurroundings *s) { set (&s->connection_type, nullptr); }, false,
    false },
  { "Ssid", [] (RpSurroundings *s) { set (&s->ssid, "x"); }, false, true },
  { "Gateway", [] (RpSurroundings *s) { set (&s->gateway, "x"); }, false, true },
  { "GatewayMac", [] (RpSurroundings *s) { set (&s->gateway_mac, "x"); }, false, true },
  { "SsidUnknown", [] (RpSurroundings *s) { set (&s->ssid, nullptr); }, false, false },
  { "GatewayMacUnknown", [] (RpSurroundings *s) { set (&s->gateway_mac, nullptr); },
    false, false },
  { "DomainGone",
    [] (RpSurroundings *s) { set_list (&s->dns_domains, { "a.example" }); }, false,
    false },
  { "DomainsInOtherOrder",
    [] (RpSurroundings *s) {
      set_list (&s->dns_domains, { "b.example", "a.example" });
    },
    true, false },
  { "AddressMore",
    [] (RpSurroundings *s) {
      set_list (&s->addresses, { "192.0.2.1", "2001:db8::1", "192.0.2.2" });
    },
    false, true },
  { "AddressesInOtherOrder",
    [] (RpSurroundings *s) {
      set_list (&s->addresses, { "2001:db8::1", "192.0.2.1" });
    },
    true, false },
  { "AddressesGone", [] (RpSurroundings *s) { set_list (&s->addresses, {}); }, false,
    true },
  { "Vpn", [] (RpSurroundings *s) { set_list (&s->vpns, { "v" }); }, false, true },
};

INSTANTIATE_TEST_SUITE_P (Rows,
                          Change,
                          testing::ValuesIn (kChangeCases),
                          [] (const auto &row) { return row.param.name; });

TEST (SurroundingsVariant, ReadsBackEverything)
{
  g_autoptr (RpSurroundings) full = make_full ();
  g_autoptr (GVariant) variant = g_variant_ref_sink (rp_surroundings_to_variant (full));
  g_autoptr (RpSurroundings) read = rp_surroundings_from_variant (variant);

  EXPECT_TRUE (rp_surroundings_equal (full, read));
  EXPECT_EQ (g_variant_n_children (variant), 10u);
}

TEST (SurroundingsVariant, LeavesOutWhatIsNotKnown)
{
  g_autoptr (RpSurroundings) empty = rp_surroundings_new ();
  g_autoptr (GVariant) variant =
      g_variant_ref_sink (rp_surroundings_to_variant (empty));
  g_autoptr (RpSurroundings) read = rp_surroundings_from_variant (variant);

  EXPECT_EQ (g_variant_n_children (variant), 2u);
  EXPECT_TRUE (rp_surroundings_equal (empty, read));
}

TEST (SurroundingsVariant, TakesNoNonsense)
{
  g_autoptr (GVariant) variant = g_variant_ref_sink (g_variant_new_parsed (
      "{'connectivity': <'wonderful'>, 'metered': <3>, 'addresses': <'x'>}"));
  g_autoptr (RpSurroundings) read = rp_surroundings_from_variant (variant);

  EXPECT_EQ (read->connectivity, RP_CONNECTIVITY_UNKNOWN);
  EXPECT_EQ (read->metered, RP_METERED_UNKNOWN);
  EXPECT_EQ (read->addresses, nullptr);
}

TEST (ConnectivityNick, ReadsBackEach)
{
  for (int i = RP_CONNECTIVITY_UNKNOWN; i <= RP_CONNECTIVITY_FULL; i++)
    EXPECT_EQ (rp_connectivity_from_nick (
                   rp_connectivity_to_nick (static_cast<RpConnectivity> (i))),
               i);
}

} // namespace
