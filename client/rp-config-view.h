/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of the configuration as dictionaries (for JSON) and as the lines that would
 * give them. Keys have the names of roampost.conf(5); what is not set is left out. */
#pragma once

#include "core/rp-config.h"

G_BEGIN_DECLS

/** rp_config_view_account: (transfer floating): "a{sv}" with "name" and what is set. */
GVariant *rp_config_view_account (const RpAccount *account);

/** rp_config_view_server: (transfer floating): as rp_config_view_account(). */
GVariant *rp_config_view_server (const RpServer *server);

/** rp_config_view_network: (transfer floating): as rp_config_view_account(); places of
 * one network have the same name. */
GVariant *rp_config_view_network (const RpNetworkRule *rule);

/** rp_config_view_accounts: (transfer floating): "aa{sv}" of all, in file order. */
GVariant *rp_config_view_accounts (const RpConfig *config);

/** rp_config_view_servers: (transfer floating): "aa{sv}" of all, in file order. */
GVariant *rp_config_view_servers (const RpConfig *config);

/** rp_config_view_networks: (transfer floating): "aa{sv}" of all, in file order. */
GVariant *rp_config_view_networks (const RpConfig *config);

/**
 * rp_config_view_print_group:
 * @kind: such as "account"
 * @view: (transfer none): "a{sv}" with "name"; a floating reference is sunk
 *
 * Prints "[KIND NAME]" and its keys to standard output.
 */
void rp_config_view_print_group (const char *kind, GVariant *view);

G_END_DECLS
