/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curl's multi interface on the main loop; knows nothing of mail. A finished transfer
 * is reported outside of curl's callbacks, exactly once. */
#pragma once

#include <curl/curl.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/** RpCurlLoop: all transfers of one main context. */
#define RP_TYPE_CURL_LOOP (rp_curl_loop_get_type ())
G_DECLARE_FINAL_TYPE (RpCurlLoop, rp_curl_loop, RP, CURL_LOOP, GObject)

/**
 * RpCurlDoneFunc:
 * @result: curl's own result
 */
typedef void (*RpCurlDoneFunc) (CURL *easy, CURLcode result, gpointer user_data);

/** rp_curl_loop_new: (transfer full): for the thread-default main context of this call.
 */
RpCurlLoop *rp_curl_loop_new (void);

/**
 * rp_curl_loop_start:
 * @easy: stays the caller's until rp_curl_loop_remove()
 * @done: called once, when the transfer is finished
 *
 * Adds @easy; it begins on the main loop.
 */
void rp_curl_loop_start (RpCurlLoop *self,
                         CURL *easy,
                         RpCurlDoneFunc done,
                         gpointer user_data);

/**
 * rp_curl_loop_remove:
 * @easy: (transfer full): was started on @self
 *
 * Takes @easy out and cleans it up; its done is not called any more. The only way to
 * end a handle.
 */
void rp_curl_loop_remove (RpCurlLoop *self, CURL *easy);

G_END_DECLS
