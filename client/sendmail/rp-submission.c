/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sendmail/rp-submission.h"

#include <curl/curl.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/rp-printable.h"
#include "smtp/rp-peer.h"

#define DEFAULT_PORT 2525
#define GREETING_WAIT_US (30 * G_USEC_PER_SEC)

G_DEFINE_QUARK (rp - submission - error - quark, rp_submission_error)

typedef struct
{
  int socket;
  GString *message;
  gsize n_given;
  GString *reply; /* lines of the newest reply */
  gboolean is_complete;
} Transfer;

void
rp_submission_answer_free (RpSubmissionAnswer *self)
{
  if (self == NULL)
    return;

  g_free (self->text);
  g_free (self);
}

/* Whether a first octet of a greeting is there; it is left for libcurl. */
static gboolean
wait_for_greeting (GSocket *socket)
{
  char octet;

  return g_socket_condition_timed_wait (socket, G_IO_IN, GREETING_WAIT_US, NULL, NULL)
         && recv (g_socket_get_fd (socket), &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
}

/* While no agent runs, any user of this computer may hold its port: whoever it is must
 * not be given the mail. The kernel knows the owner of the other end from the moment
 * that it was accepted, which the greeting shows. */
static gboolean
check_peer (GSocketConnection *connection, const char *address, GError **error)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr (GSocketAddress) ours = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) theirs = g_socket_get_remote_address (socket, NULL);
  uid_t uid;

  if (!wait_for_greeting (socket))
    {
      g_set_error (error, RP_SUBMISSION_ERROR, RP_SUBMISSION_ERROR_BROKEN,
                   _ ("what listens at %s gives no greeting"), address);
      return FALSE;
    }
  if (ours == NULL || theirs == NULL || !rp_peer_get_uid (ours, theirs, &uid, NULL))
    {
      g_set_error (error, RP_SUBMISSION_ERROR, RP_SUBMISSION_ERROR_BROKEN,
                   _ ("the kernel does not tell whose program listens at %s, so it is "
                      "given no mail"),
                   address);
      return FALSE;
    }
  if (uid == geteuid ())
    return TRUE;

  g_set_error (error, RP_SUBMISSION_ERROR, RP_SUBMISSION_ERROR_FOREIGN,
               _ ("at %s listens a program of another user, which is given no mail; "
                  "start your own agent"),
               address);
  return FALSE;
}

static GSocketConnection *
connect_to (const char *address, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) cause = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection =
      g_socket_client_connect_to_host (client, address, DEFAULT_PORT, NULL, &cause);
  if (connection == NULL)
    {
      g_set_error (error, RP_SUBMISSION_ERROR, RP_SUBMISSION_ERROR_NOBODY,
                   _ ("no agent takes mail at %1$s: %2$s"), address, cause->message);
      return NULL;
    }
  return check_peer (connection, address, error) ? g_steal_pointer (&connection) : NULL;
}

static curl_socket_t
on_curl_open_socket (void *user_data,
                     curlsocktype purpose,
                     struct curl_sockaddr *address)
{
  Transfer *self = user_data;

  return self->socket;
}

static int
on_curl_socket_options (void *user_data, curl_socket_t socket, curlsocktype purpose)
{
  return CURL_SOCKOPT_ALREADY_CONNECTED;
}

/* The socket is the connection's, which closes it. */
static int
on_curl_close_socket (void *user_data, curl_socket_t socket)
{
  return 0;
}

static size_t
on_curl_read (char *buffer, size_t size, size_t n_items, void *user_data)
{
  Transfer *self = user_data;
  gsize n_bytes = MIN (size * n_items, self->message->len - self->n_given);

  memcpy (buffer, self->message->str + self->n_given, n_bytes);
  self->n_given += n_bytes;
  return n_bytes;
}

static gboolean
has_refusal (const Transfer *self)
{
  return self->is_complete && self->reply->str[0] >= '4';
}

/* Keeps the newest reply, or the first that refuses: what answers the QUIT of libcurl
 * comes behind it. A line whose code is followed by a blank is the last of its reply.
 */
static size_t
on_curl_header (char *line, size_t size, size_t n_items, void *user_data)
{
  Transfer *self = user_data;
  gsize n_bytes = size * n_items;
  gsize n_text = n_bytes;
  g_autofree char *clean = NULL;

  if (has_refusal (self))
    return n_bytes;
  while (n_text > 0 && (line[n_text - 1] == '\n' || line[n_text - 1] == '\r'))
    n_text--;
  if (self->is_complete)
    g_string_truncate (self->reply, 0);
  clean = rp_printable_dup (line, (gssize) n_text);
  if (self->reply->len > 0)
    g_string_append_c (self->reply, '\n');
  g_string_append (self->reply, clean);
  self->is_complete = n_text < 4 || line[3] != '-';
  return n_bytes;
}

static void
set_options (CURL *curl, Transfer *self, const char *address, const char *sender)
{
  g_autofree char *url = g_strdup_printf ("smtp://%s/localhost", address);

  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETFUNCTION, on_curl_open_socket);
  curl_easy_setopt (curl, CURLOPT_OPENSOCKETDATA, self);
  curl_easy_setopt (curl, CURLOPT_SOCKOPTFUNCTION, on_curl_socket_options);
  curl_easy_setopt (curl, CURLOPT_CLOSESOCKETFUNCTION, on_curl_close_socket);
  curl_easy_setopt (curl, CURLOPT_MAIL_FROM, sender);
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) self->message->len);
  curl_easy_setopt (curl, CURLOPT_READFUNCTION, on_curl_read);
  curl_easy_setopt (curl, CURLOPT_READDATA, self);
  curl_easy_setopt (curl, CURLOPT_HEADERFUNCTION, on_curl_header);
  curl_easy_setopt (curl, CURLOPT_HEADERDATA, self);
}

/* A reply that refuses explains every failure better than libcurl does. */
static RpSubmissionAnswer *
make_answer (CURLcode result, const Transfer *self, const char *cause, GError **error)
{
  guint code = (guint) g_ascii_strtoull (self->reply->str, NULL, 10);
  RpSubmissionAnswer *answer;

  if (!self->is_complete || (result != CURLE_OK && code < 400))
    {
      g_set_error (error, RP_SUBMISSION_ERROR, RP_SUBMISSION_ERROR_BROKEN,
                   _ ("the agent gave no answer, so the message may be lost: %s"),
                   cause[0] != '\0' ? cause : curl_easy_strerror (result));
      return NULL;
    }
  answer = g_new0 (RpSubmissionAnswer, 1);
  answer->code = code;
  answer->text = g_strdup (self->reply->str);
  return answer;
}

static struct curl_slist *
list_recipients (GPtrArray *recipients)
{
  struct curl_slist *list = NULL;

  for (guint i = 0; i < recipients->len; i++)
    list = curl_slist_append (list, g_ptr_array_index (recipients, i));
  return list;
}

RpSubmissionAnswer *
rp_submission_send (const char *address,
                    const char *sender,
                    GPtrArray *recipients,
                    GString *message,
                    GError **error)
{
  g_autoptr (GSocketConnection) connection = connect_to (address, error);
  Transfer transfer = { .message = message, .reply = NULL };
  char cause[CURL_ERROR_SIZE] = "";
  struct curl_slist *list;
  RpSubmissionAnswer *answer;
  CURL *curl;

  if (connection == NULL)
    return NULL;

  transfer.socket = g_socket_get_fd (g_socket_connection_get_socket (connection));
  transfer.reply = g_string_new (NULL);
  list = list_recipients (recipients);
  curl = curl_easy_init ();
  set_options (curl, &transfer, address, sender);
  curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, list);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, cause);
  answer = make_answer (curl_easy_perform (curl), &transfer, cause, error);
  curl_easy_cleanup (curl);
  curl_slist_free_all (list);
  g_string_free (transfer.reply, TRUE);
  return answer;
}

static gboolean
has_status (const RpSubmissionAnswer *self, const char *beginning)
{
  return strlen (self->text) > 4 && g_str_has_prefix (self->text + 4, beginning);
}

int
rp_submission_answer_get_exit_code (const RpSubmissionAnswer *self)
{
  if (self->code / 100 == 2)
    return EX_OK;
  if (self->code / 100 == 4)
    return EX_TEMPFAIL;
  if (has_status (self, "5.1.2 "))
    return EX_NOHOST;
  if (has_status (self, "5.1.1 ") || has_status (self, "5.1.3 ")
      || has_status (self, "5.1.6 "))
    return EX_NOUSER;
  if (has_status (self, "5.7."))
    return EX_NOPERM;
  if (has_status (self, "5.6.") || has_status (self, "5.3.4 "))
    return EX_DATAERR;
  return EX_UNAVAILABLE;
}
