/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the ways of a sign-in share. */
#pragma once

#include "oauth/rp-oauth-redirect.h"
#include "oauth/rp-sign-in.h"
#include "upstream/rp-fetch.h"

G_BEGIN_DECLS

struct _RpSignIn
{
  GObject parent_instance;

  RpCurlLoop *loop;
  RpOAuthProvider *provider;
  char *user; /* nullable */
  RpSignInWay way;
  char *client_secret; /* nullable */
  char *proxy;         /* nullable */
  guint second_ms;
  GCancellable *own; /* of all that outlives a call */
  gboolean has_begun;

  /* for the user */
  char *address;
  char *complete_address; /* nullable */
  char *user_code;        /* nullable */
  guint expires_in_s;
  GSource *deadline;

  /* browser and paste */
  RpOAuthRedirect *redirect; /* nullable */
  char *redirect_uri;
  char *state;
  char *verifier;
  gboolean has_response;

  /* device */
  char *device_code;
  guint interval_s;
  GSource *pause;

  /* the result */
  gboolean is_done;
  RpOAuthGrant *grant; /* nullable */
  GError *error;       /* nullable */
  GTask *awaiting;     /* nullable */
  GSource *cancel_source;
};

/* Ends it, once; takes what is given. */
void rp_sign_in_end (RpSignIn *self, RpOAuthGrant *grant, GError *error);

/* The same, with a grant that must have all that was asked for. */
void rp_sign_in_take_grant (RpSignIn *self, RpOAuthGrant *grant);

/* Posts @form to @address; @on_answered gets what belongs to
 * rp_sign_in_finish_asking(). */
void rp_sign_in_ask (RpSignIn *self,
                     const char *address,
                     const char *form,
                     GAsyncReadyCallback on_answered);

/* Returns: (transfer full) (nullable): the sign-in, unless it is gone or done; only
 * then
 * @answer, or @error, is set */
RpSignIn *rp_sign_in_finish_asking (GAsyncResult *result,
                                    gpointer user_data,
                                    RpFetchAnswer **answer,
                                    GError **error);

/* The begin of each way; the device's returns later, when its codes are there. */
gboolean rp_sign_in_begin_code (RpSignIn *self, GError **error);
void rp_sign_in_begin_device (GTask *task);
void rp_sign_in_start_polling (RpSignIn *self);

/* From then on the user's time runs. */
void rp_sign_in_start_deadline (RpSignIn *self);

G_END_DECLS
