/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network/rp-networkmanager-objects.h"

#include <string>

#include "watched.h"

namespace
{

/* What there is no hardware for in the laboratory: Wi-Fi, VPNs, mobile broadband. */
struct Row
{
  const char *name;
  const char *root;   /* properties of the manager */
  const char *others; /* further objects, each with a comma in front */
  const char *seen;   /* the surroundings, "by INTERFACE" */
};

void
PrintTo (const Row &row, std::ostream *out)
{
  *out << row.name;
}

#define NM "org.freedesktop.NetworkManager"
#define PATH "/org/freedesktop/NetworkManager"
#define DEVICE(path, name)                                                             \
  ", '" PATH "/Devices/" path "': {'" NM ".Device': {'IpInterface': <'" name "'>}}"
#define IP4(path, properties)                                                          \
  ", '" PATH "/IP4Config/" path "': {'" NM ".IP4Config': {" properties "}}"
#define IP6(path, properties)                                                          \
  ", '" PATH "/IP6Config/" path "': {'" NM ".IP6Config': {" properties "}}"
#define ACTIVE(path, properties)                                                       \
  ", '" PATH "/ActiveConnection/" path "': {'" NM ".Connection.Active': {" properties  \
  "}}"
#define SSID(octets)                                                                   \
  ", '" PATH "/AccessPoint/1': {'" NM ".AccessPoint': {'Ssid': <" octets ">}}"
#define OBJECT(path) "<objectpath '" PATH "/" path "'>"
#define PRIMARY(path) "'PrimaryConnection': " OBJECT ("ActiveConnection/" path)
#define HOME4                                                                          \
  IP4 ("1",                                                                            \
       "'Gateway': <'192.168.7.1'>, 'AddressData': <[{'address': <'192.168.7.5'>}]>,"  \
       " 'Domains': <['Lan.Example']>, 'Searches': <['lan.example', '~b.example']>")
#define WIFI(extra)                                                                    \
  ACTIVE ("1", "'Uuid': <'u-1'>, 'Type': <'802-11-wireless'>, 'Id': <'Cafe'>,"         \
               " 'State': <uint32 2>, 'Vpn': <false>,"                                 \
               " 'Devices': <[objectpath '" PATH "/Devices/1']>,"                      \
               " 'SpecificObject': " OBJECT (                                          \
                   "AccessPoint/1") ","                                                \
                                    " 'Ip4Config': " OBJECT ("IP4Config/1") extra)
#define HOME_SEEN "'connection-uuid': <'u-1'>, 'connection-type': <'802-11-wireless'>,"
#define HOME_SEEN_TAIL                                                                 \
  " 'gateway': <'192.168.7.1'>, 'dns-domains': <['b.example', 'lan.example']>,"

const Row rows[] = {
  { "nothing_known_yet", "", "", "{'connectivity': <'unknown'>} by -" },
  { "offline", "'Connectivity': <uint32 1>, 'PrimaryConnection': <objectpath '/'>", "",
    "{'connectivity': <'none'>} by -" },
  { "wifi", PRIMARY ("1") ", 'Connectivity': <uint32 4>",
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0x61, 0x66, 0x65]"),
    "{'connectivity': <'full'>, " HOME_SEEN " 'ssid': <'Cafe'>," HOME_SEEN_TAIL
    " 'addresses': <['192.168.7.5']>} by wlan0" },
  { "hidden_ssid", PRIMARY ("1"), WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("@ay []"),
    "{" HOME_SEEN HOME_SEEN_TAIL " 'addresses': <['192.168.7.5']>} by wlan0" },
  { "ssid_that_is_utf8", PRIMARY ("1"),
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0xc3, 0xa9]"),
    "{" HOME_SEEN " 'ssid': <'C\u00e9'>," HOME_SEEN_TAIL
    " 'addresses': <['192.168.7.5']>} by wlan0" },
  { "ssid_that_is_not_utf8", PRIMARY ("1"),
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0xe9, 0x00, 0x0a, 0x21]"),
    "{" HOME_SEEN " 'ssid': <'C\\\\xe9\\\\x00\\\\x0a!'>," HOME_SEEN_TAIL
    " 'addresses': <['192.168.7.5']>} by wlan0" },
  { "portal", "'Connectivity': <uint32 2>", "", "{'connectivity': <'portal'>} by -" },
  { "limited", "'Connectivity': <uint32 3>", "", "{'connectivity': <'limited'>} by -" },
  { "metered", "'Metered': <uint32 1>", "", "{'metered': <'yes'>} by -" },
  { "not_metered", "'Metered': <uint32 2>", "", "{'metered': <'no'>} by -" },
  { "metered_by_guess", "'Metered': <uint32 3>", "", "{'metered': <'yes'>} by -" },
  { "not_metered_by_guess", "'Metered': <uint32 4>", "", "{'metered': <'no'>} by -" },
  { "number_of_a_later_version", "'Connectivity': <uint32 9>, 'Metered': <uint32 9>",
    "", "{'connectivity': <'unknown'>} by -" },
  { "ipv6_alone", PRIMARY ("1"),
    ACTIVE ("1", "'Uuid': <'u-1'>, 'Ip6Config': " OBJECT ("IP6Config/1"))
        IP6 ("1",
             "'Gateway': <'fe80::1'>, 'AddressData': <[{'address': <'fe80::5'>},"
             " {'address': <'2001:db8::5'>}]>, 'Domains': <['six.example']>"),
    "{'connection-uuid': <'u-1'>, 'gateway': <'fe80::1'>,"
    " 'dns-domains': <['six.example']>, 'addresses': <['2001:db8::5']>} by -" },
  { "vpn_with_the_default_route",
    PRIMARY ("1") ", 'ActiveConnections': <[objectpath '" PATH "/ActiveConnection/1',"
                  " '" PATH "/ActiveConnection/2']>",
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0x61, 0x66, 0x65]")
        ACTIVE ("2",
                "'Uuid': <'u-2'>, 'Type': <'vpn'>, 'Id': <'Company'>, 'Vpn': <true>,"
                " 'State': <uint32 2>, 'Default': <true>,"
                " 'Ip4Config': " OBJECT ("IP4Config/2"))
            IP4 ("2", "'AddressData': <[{'address': <'10.8.0.2'>}]>"),
    "{" HOME_SEEN " 'ssid': <'Cafe'>," HOME_SEEN_TAIL
    " 'addresses': <['10.8.0.2']>, 'vpns': <['Company']>} by wlan0" },
  { "vpn_to_some_addresses",
    PRIMARY ("1") ", 'ActiveConnections': <[objectpath '" PATH "/ActiveConnection/2']>",
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0x61, 0x66, 0x65]")
        ACTIVE ("2",
                "'Type': <'wireguard'>, 'Id': <'wg0'>, 'Vpn': <false>,"
                " 'State': <uint32 2>, 'Default': <false>,"
                " 'Ip4Config': " OBJECT ("IP4Config/2"))
            IP4 ("2", "'AddressData': <[{'address': <'10.8.0.2'>}]>"),
    "{" HOME_SEEN " 'ssid': <'Cafe'>," HOME_SEEN_TAIL
    " 'addresses': <['192.168.7.5']>, 'vpns': <['wg0']>} by wlan0" },
  { "vpn_that_is_still_connecting",
    PRIMARY ("1") ", 'ActiveConnections': <[objectpath '" PATH "/ActiveConnection/2']>",
    WIFI ("") HOME4 DEVICE ("1", "wlan0") SSID ("[byte 0x43, 0x61, 0x66, 0x65]")
        ACTIVE ("2",
                "'Type': <'vpn'>, 'Id': <'Company'>, 'Vpn': <true>,"
                " 'State': <uint32 1>, 'Default': <true>"),
    "{" HOME_SEEN " 'ssid': <'Cafe'>," HOME_SEEN_TAIL
    " 'addresses': <['192.168.7.5']>} by wlan0" },
  { "primary_that_is_gone_already", PRIMARY ("7") ", 'Connectivity': <uint32 4>", "",
    "{'connectivity': <'full'>} by -" },
};

class NetworkmanagerObjects : public testing::TestWithParam<Row>
{
protected:
  static std::string
  print (const RpSurroundings *surroundings)
  {
    g_autoptr (GVariant) variant =
        g_variant_ref_sink (rp_surroundings_to_variant (surroundings));
    g_autofree char *text = g_variant_print (variant, FALSE);

    return text;
  }
};

TEST_P (NetworkmanagerObjects, tell_the_place)
{
  g_autoptr (GError) error = nullptr;
  std::string text = std::string ("{'" PATH "': {'" NM "': {") + GetParam ().root + "}}"
                     + GetParam ().others + "}";
  g_autoptr (GVariant) objects = g_variant_parse (
      G_VARIANT_TYPE ("a{oa{sa{sv}}}"), text.c_str (), nullptr, nullptr, &error);
  ASSERT_NE (objects, nullptr) << error->message << "\n" << text;
  std::string expected = GetParam ().seen;
  auto by = expected.rfind (" by ");
  g_autoptr (GVariant) variant =
      g_variant_parse (G_VARIANT_TYPE_VARDICT, expected.substr (0, by).c_str (),
                       nullptr, nullptr, &error);
  ASSERT_NE (variant, nullptr) << error->message;
  g_autoptr (RpSurroundings) wanted = rp_surroundings_from_variant (variant);

  g_autofree char *interface_name = nullptr;
  g_autoptr (RpSurroundings) seen =
      rp_networkmanager_objects_read (objects, &interface_name);

  EXPECT_EQ (print (seen), print (wanted));
  EXPECT_TRUE (rp_surroundings_equal (seen, wanted));
  EXPECT_EQ (interface_name != nullptr ? interface_name : "-",
             expected.substr (by + 4));
}

INSTANTIATE_TEST_SUITE_P (Replies,
                          NetworkmanagerObjects,
                          testing::ValuesIn (rows),
                          [] (const auto &row) { return row.param.name; });

} /* namespace */
