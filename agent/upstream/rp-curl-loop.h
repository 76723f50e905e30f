/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl's multi interface on the main loop; knows nothing of mail. A finished transfer
 * is reported outside of curl's callbacks, exactly once. */
#pragma once

#include <curl/curl.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define RP_TYPE_CURL_LOOP (rp_curl_loop_get_type ())
G_DECLARE_FINAL_TYPE (RpCurlLoop, rp_curl_loop, RP, CURL_LOOP, GObject)

/**
 * RpCurlDoneFunc:
 * @result: curl's own result
 */
typedef void (*RpCurlDoneFunc) (CURL *easy, CURLcode result, gpointer user_data);

RpCurlLoop *rp_curl_loop_new (void);

/** rp_curl_loop_start: adds @easy, which stays the caller's. */
void rp_curl_loop_start (RpCurlLoop *self,
                         CURL *easy,
                         RpCurlDoneFunc done,
                         gpointer user_data);

/** rp_curl_loop_remove: takes @easy out and cleans it up; its done is not called any
 * more. The only way to end a handle. */
void rp_curl_loop_remove (RpCurlLoop *self, CURL *easy);

G_END_DECLS
