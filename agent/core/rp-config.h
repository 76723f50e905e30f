/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration as a value. Made once from rows (rp-keyfile.h), never changed. */
#pragma once

#include <glib.h>

#include "core/rp-config-error.h"
#include "core/rp-keyfile.h"

G_BEGIN_DECLS

/**
 * RpTlsMode:
 * @RP_TLS_IMPLICIT: smtps://, TLS from the first octet (RFC 8314)
 * @RP_TLS_STARTTLS: smtp://, STARTTLS required (RFC 3207)
 * @RP_TLS_NONE: smtp+insecure://, neither
 */
typedef enum
{
  RP_TLS_IMPLICIT,
  RP_TLS_STARTTLS,
  RP_TLS_NONE
} RpTlsMode;

/**
 * RpEndpoint:
 * @url: as written, and the endpoint's name in reasons and records
 * @is_loopback: @host is localhost or a loopback address
 */
typedef struct
{
  char *url;
  RpTlsMode tls;
  char *host;
  guint16 port;
  gboolean is_loopback;
} RpEndpoint;

/**
 * RpPopEndpoint:
 * @url: as written
 * @tls: %RP_TLS_IMPLICIT for pop3s://, %RP_TLS_STARTTLS for pop3:// (STLS required, RFC
 *   2595 section 4), %RP_TLS_NONE for pop3+insecure://
 */
typedef struct
{
  char *url;
  RpTlsMode tls;
  char *host;
  guint16 port;
} RpPopEndpoint;

/** RpAccessKind: what lets us relay at a server. */
typedef enum
{
  RP_ACCESS_PASSWORD,    /* SMTP AUTH with a password (RFC 4954) */
  RP_ACCESS_OAUTH2,      /* SMTP AUTH with a token (RFC 7628) */
  RP_ACCESS_CERTIFICATE, /* SMTP AUTH by our certificate (RFC 4422 appendix A) */
  RP_ACCESS_KERBEROS,    /* SMTP AUTH by a ticket (RFC 4752) */
  RP_ACCESS_POP,         /* POP before SMTP */
  RP_ACCESS_NETWORK,     /* member of the named network */
  RP_ACCESS_ADDRESS      /* our address is in a range */
} RpAccessKind;

/** rp_access_kind_is_login: whether it is a way to log in with SMTP AUTH. */
gboolean rp_access_kind_is_login (RpAccessKind kind);

/** rp_access_kind_to_nick: (transfer none): its name in access=, without what may
 * follow a colon. */
const char *rp_access_kind_to_nick (RpAccessKind kind);

/**
 * RpCidr:
 * @text: as written
 * @bytes: the prefix in network order, IPv4 in the first four
 * @n_address_bytes: 4 or 16
 */
typedef struct
{
  char *text;
  guint8 bytes[16];
  guint n_address_bytes;
  guint n_prefix_bits;
} RpCidr;

/**
 * rp_cidr_parse:
 * @text: "192.168.7.0/24", "fd00::/8", or an address alone for that one
 * @out: filled on success; its prefix is kept as written, see rp_cidr_has_host_bits()
 *
 * Returns: whether @text is a range (RFC 4632 section 3.1, RFC 4291 section 2.3)
 */
gboolean rp_cidr_parse (const char *text, RpCidr *out);

/** rp_cidr_clear: frees what is in @self, not @self. */
void rp_cidr_clear (RpCidr *self);

/** rp_cidr_has_host_bits: whether bits behind the prefix are set, as in
 * "192.168.7.5/24". */
gboolean rp_cidr_has_host_bits (const RpCidr *self);

/** rp_cidr_dup_canonical: (transfer full): the range without host bits, as text. */
char *rp_cidr_dup_canonical (const RpCidr *self);

/** rp_cidr_contains: whether @address, an IPv4 or IPv6 literal, lies in the range. */
gboolean rp_cidr_contains (const RpCidr *self, const char *address);

/**
 * RpAccess:
 * @network: (nullable): for %RP_ACCESS_NETWORK
 * @range: for %RP_ACCESS_ADDRESS
 */
typedef struct
{
  RpAccessKind kind;
  char *network;
  RpCidr range;
} RpAccess;

/**
 * RpServer:
 * @endpoints: (element-type RpEndpoint): in order of preference, at least one
 * @domains: recipient domains that it hosts, lower case, IDN in A-label form
 * @accesses: (element-type RpAccess): ways to be let relay, in order
 * @user: (nullable): name for AUTH and POP
 * @pop: (nullable): server to log in to before relaying
 * @pop_window_s: how long such a login is taken to count, in seconds
 * @senders: patterns of senders that it accepts; empty means any
 * @ca_file: (nullable): trust anchors instead of the system's
 * @pins: (nullable): "sha256//..." pins joined by ';', as libcurl takes them
 * @client_certificate: (nullable): PEM file with our certificate, and with its key
 *   where @client_key is %NULL
 * @client_key: (nullable): PEM file with the certificate's key
 * @oauth_provider: (nullable): who gives out the tokens for %RP_ACCESS_OAUTH2
 * @proxy: (nullable): URL of a proxy
 * @secret_command: (nullable): shell command that prints the password, or the token
 * @secret_credential: (nullable): name of a systemd credential with the password
 * @ehlo: name said in EHLO, "[127.0.0.1]" by default
 * @timeout_s: for one step of the dialogue
 */
typedef struct
{
  char *name;
  GPtrArray *endpoints;
  GStrv domains;
  GPtrArray *accesses;
  char *user;
  RpPopEndpoint *pop;
  guint pop_window_s;
  GStrv senders;
  char *ca_file;
  char *pins;
  char *client_certificate;
  char *client_key;
  char *oauth_provider;
  char *proxy;
  char *secret_command;
  char *secret_credential;
  char *ehlo;
  guint timeout_s;
} RpServer;

/** rp_server_hosts: whether @server hosts the domain of @address (no relaying). */
gboolean rp_server_hosts (const RpServer *self, const char *address);

/** rp_server_accepts_sender: whether senders= lets @sender through. */
gboolean rp_server_accepts_sender (const RpServer *self, const char *sender);

/** rp_server_get_access: (transfer none) (nullable): its first access of @kind. */
const RpAccess *rp_server_get_access (const RpServer *self, RpAccessKind kind);

/** RP_OAUTH_BROKER: the oauth-provider= that no file describes: the accounts of the
 * desktop, which give out tokens themselves. */
#define RP_OAUTH_BROKER "gnome-online-accounts"

/** rp_server_has_broker: whether its tokens come from an account of the desktop. */
gboolean rp_server_has_broker (const RpServer *self);

/** rp_server_has_login: whether one of its accesses is a login with SMTP AUTH. */
gboolean rp_server_has_login (const RpServer *self);

/** rp_server_has_tls_endpoint: whether an endpoint with TLS is configured. */
gboolean rp_server_has_tls_endpoint (const RpServer *self);

/**
 * RpAccount:
 * @addresses: exact addresses from address= and aliases=, address= first
 * @patterns: patterns ("*@example.org") from aliases=
 * @servers: names in order of preference; "location" is the server of the network
 *   that we are on
 */
typedef struct
{
  char *name;
  char *address;
  GStrv addresses;
  GStrv patterns;
  GStrv servers;
  gboolean is_default;
} RpAccount;

/**
 * RpNetworkRule:
 * @name: the network's name, without the ".2" that tells several groups apart
 *
 * All lists that are not empty must match, the values of one are alternatives.
 */
typedef struct
{
  char *name;
  GStrv nm_uuids;
  GStrv ssids;
  GStrv gateway_macs;
  GStrv dns_domains;
  GStrv vpns;
  GPtrArray *addresses; /* RpCidr */
  char *server;         /* nullable */
} RpNetworkRule;

/**
 * RpListenAddress:
 * @host: an address literal without brackets
 */
typedef struct
{
  char *host;
  guint16 port;
} RpListenAddress;

/** RpBareNewline: what becomes of a bare CR or LF in content: a refusal or a CRLF. */
typedef enum
{
  RP_BARE_NEWLINE_REFUSE,
  RP_BARE_NEWLINE_NORMALIZE
} RpBareNewline;

/** RP_CONFIG_PATIENCE_S: patience= where none is written. Mail programs give up after
 * a minute. */
#define RP_CONFIG_PATIENCE_S 25

/** RP_CONFIG_TIMEOUT_S: timeout= where none is written. */
#define RP_CONFIG_TIMEOUT_S 60

/** RP_CONFIG_POP_WINDOW_S: pop-window= where none is written. Servers are open for ten
 * minutes to an hour after a POP login; who is wrong about one of them is refused, and
 * logs in again. */
#define RP_CONFIG_POP_WINDOW_S (10 * 60)

/** RP_CONFIG_MAX_MESSAGE_BYTES: max-message-size= where none is written. */
#define RP_CONFIG_MAX_MESSAGE_BYTES (G_GUINT64_CONSTANT (100) * 1024 * 1024)

/** RP_CONFIG_QUEUE_DAYS: queue-days= where none is written, the customary time of
 * RFC 5321 section 4.5.4.1. */
#define RP_CONFIG_QUEUE_DAYS 5

/** RP_CONFIG_JOURNAL_DAYS: journal-days= where none is written. */
#define RP_CONFIG_JOURNAL_DAYS 90

/**
 * RpConfig:
 * @when_deferred_tells: when-deferred=tell, the program hears a 4xx of a server;
 *   else the agent takes custody
 * @retries_doubt: in-doubt=retry, a message in doubt is sent again unasked; else it
 *   is held
 * @queue_days: how long a message in custody is tried before it counts as failed
 * @journal_days: how long the journal keeps a story
 * @journal_subject: the journal keeps subjects as well
 *
 * Immutable and counted; a running plan keeps its own.
 */
typedef struct
{
  gatomicrefcount ref_count;
  GPtrArray *listen; /* RpListenAddress */
  guint patience_s;
  char *language; /* nullable: the environment's */
  RpBareNewline bare_newline;
  gboolean adds_received;
  guint64 max_message_bytes;
  gboolean when_deferred_tells;
  gboolean retries_doubt;
  guint queue_days;
  guint journal_days;
  gboolean journal_subject;
  GPtrArray *accounts; /* RpAccount, in file order */
  GPtrArray *servers;  /* RpServer */
  GPtrArray *networks; /* RpNetworkRule */
} RpConfig;

/**
 * rp_config_new:
 * @rows: (element-type RpKeyfileRow): rows of all files, in order; later wins
 * @errors: (element-type RpConfigError): every mistake is appended, none stops
 *   the reading
 *
 * Returns: (transfer full) (nullable): the configuration; %NULL when @errors holds
 *   anything afterwards
 */
RpConfig *rp_config_new (GPtrArray *rows, GPtrArray *errors);

/** rp_config_ref: (transfer full): @self. */
RpConfig *rp_config_ref (RpConfig *self);

/** rp_config_unref: @self: (nullable); the last one frees it. */
void rp_config_unref (RpConfig *self);

/** rp_config_get_server: (transfer none) (nullable): the server called @name. */
const RpServer *rp_config_get_server (const RpConfig *self, const char *name);

/** rp_config_get_account: (transfer none) (nullable): the account called @name. */
const RpAccount *rp_config_get_account (const RpConfig *self, const char *name);

/**
 * rp_config_find_account:
 * @sender: envelope sender, not empty
 *
 * Exact address, then alias, then the longest pattern (file order breaks a tie),
 * then the account with default=yes.
 *
 * Returns: (transfer none) (nullable): the account that sends as @sender
 */
const RpAccount *rp_config_find_account (const RpConfig *self, const char *sender);

/** rp_config_get_default_account: (transfer none) (nullable): default=yes, else the
 * only account, else %NULL. */
const RpAccount *rp_config_get_default_account (const RpConfig *self);

/** rp_config_dup_addresses: (transfer full): all configured addresses and patterns, for
 * people, joined by ", ". */
char *rp_config_dup_addresses (const RpConfig *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RpConfig, rp_config_unref)

G_END_DECLS
