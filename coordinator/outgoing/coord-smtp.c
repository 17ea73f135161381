#include "outgoing/coord-smtp.h"

#include <curl/curl.h>
#include <string.h>

#define CONNECT_S 15

typedef struct {
  const char *text;
  gsize left;
  gboolean has_all; /* libcurl has asked for more and got the end */
} Upload;

static size_t
read_cb (char *buffer, size_t size, size_t count, void *data)
{
  Upload *upload = data;
  gsize n = MIN (size * count, upload->left);

  memcpy (buffer, upload->text, n);
  upload->text += n;
  upload->left -= n;
  upload->has_all = n == 0;
  return n;
}

CoordSmtpEnd
coord_smtp_judge (gboolean is_ok, long status, gboolean has_all)
{
  if (is_ok)
    return COORD_SMTP_SENT;
  if (status >= 500 && status < 600)
    return COORD_SMTP_REFUSED;
  /* 354 is the invitation to send: what came after it is not known. */
  if (has_all && (status == 0 || status == 354))
    return COORD_SMTP_UNSURE;
  return COORD_SMTP_LATER;
}

static void
set_up (CURL *curl, const CoordSmtpServer *server, Upload *upload)
{
  curl_easy_setopt (curl, CURLOPT_URL, server->url);
  curl_easy_setopt (curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_CONNECTTIMEOUT, (long) CONNECT_S);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, server->timeout_s);
  curl_easy_setopt (
    curl, CURLOPT_USE_SSL, server->wants_tls ? (long) CURLUSESSL_ALL : (long) CURLUSESSL_TRY);
  if (!server->wants_tls)
    curl_easy_setopt (curl, CURLOPT_SSL_VERIFYPEER, 0L);
  if (server->user != NULL) {
    curl_easy_setopt (curl, CURLOPT_USERNAME, server->user);
    curl_easy_setopt (curl, CURLOPT_PASSWORD, server->password);
  }
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_READFUNCTION, read_cb);
  curl_easy_setopt (curl, CURLOPT_READDATA, upload);
}

CoordSmtpEnd
coord_smtp_send (const CoordSmtpServer *server, const char *to, const char *message, char **reason)
{
  CURL *curl = curl_easy_init ();
  g_autofree char *from = g_strconcat ("<", server->from, ">", NULL);
  g_autofree char *recipient = g_strconcat ("<", to, ">", NULL);
  struct curl_slist *recipients = curl_slist_append (NULL, recipient);
  char text[CURL_ERROR_SIZE] = "";
  Upload upload = { message, strlen (message), FALSE };
  CoordSmtpEnd end;
  CURLcode result;
  long status = 0;

  set_up (curl, server, &upload);
  curl_easy_setopt (curl, CURLOPT_MAIL_FROM, from);
  curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, recipients);
  curl_easy_setopt (curl, CURLOPT_ERRORBUFFER, text);
  result = curl_easy_perform (curl);
  curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
  end = coord_smtp_judge (result == CURLE_OK, status, upload.has_all);
  *reason = NULL;
  if (end != COORD_SMTP_SENT)
    *reason = g_strdup_printf (
      "%s (answer %ld)", *text != '\0' ? text : curl_easy_strerror (result), status);
  curl_slist_free_all (recipients);
  curl_easy_cleanup (curl);
  return end;
}
