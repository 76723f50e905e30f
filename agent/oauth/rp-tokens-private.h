/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of #RpTokens share. */
#pragma once

#include "oauth/rp-token-session.h"
#include "oauth/rp-tokens.h"

G_BEGIN_DECLS

struct _RpTokens
{
  GObject parent_instance;

  RpSecrets *inner;
  RpCurlLoop *loop;
  RpOAuthProviders *providers;
  GObject *broker; /* nullable */
  RpTokensBrokerAsync broker_async;
  RpTokensBrokerFinish broker_finish;
  RpTokensClock clock;
  GHashTable *sessions; /* "user\nhost" to RpTokenSession */
};

/* Returns: (transfer none) (nullable): the provider that @server names, and the host
 * that its sign-ins are kept for; %NULL with @error set */
const RpOAuthProvider *rp_tokens_get_provider (RpTokens *self,
                                               const RpServer *server,
                                               char **host,
                                               GError **error);

/* Returns: (transfer none) (nullable): what is known of the sign-in of the server's
 * user that is kept for @host */
RpTokenSession *rp_tokens_get_session (RpTokens *self,
                                       const RpServer *server,
                                       const char *host);

/* The same, made where nothing is known. */
RpTokenSession *rp_tokens_need_session (RpTokens *self,
                                        const RpServer *server,
                                        const char *host);

/* What a refresh brings that goes on is not kept any more. */
void rp_tokens_drop_session (RpTokens *self, const RpServer *server, const char *host);

/* Ends @task, which asks for the token of @host, once a refresh is done; begins one
 * where none goes on. */
void rp_tokens_join_refresh (RpTokens *self,
                             RpTokenSession *session,
                             const RpOAuthProvider *provider,
                             GTask *task);

/* What a waiting task is for. */
typedef struct
{
  char *host;
  GSource *cancel_source;
  RpTokenSession *session;
} RpTokenWaiter;

G_END_DECLS
