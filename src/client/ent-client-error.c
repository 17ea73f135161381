#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "client/ent-client-private.h"
#include "client/ent-client-wording.h"

typedef struct {
  char *code;
  guint retry_after;
} EntClientErrorPrivate;

static void
ent_client_error_private_init (EntClientErrorPrivate *priv)
{
}

static void
ent_client_error_private_copy (const EntClientErrorPrivate *from, EntClientErrorPrivate *to)
{
  to->code = g_strdup (from->code);
  to->retry_after = from->retry_after;
}

static void
ent_client_error_private_clear (EntClientErrorPrivate *priv)
{
  g_free (priv->code);
}

G_DEFINE_EXTENDED_ERROR (EntClientError, ent_client_error)

const char *
ent_client_error_get_code (const GError *error)
{
  EntClientErrorPrivate *priv;

  if (error == NULL || error->domain != ENT_CLIENT_ERROR)
    return NULL;
  priv = ent_client_error_get_private (error);
  return priv->code;
}

gboolean
ent_client_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

guint
ent_client_error_get_retry_after (const GError *error)
{
  EntClientErrorPrivate *priv;

  if (error == NULL || error->domain != ENT_CLIENT_ERROR)
    return 0;
  priv = ent_client_error_get_private (error);
  return priv->retry_after;
}

GError *
ent_client_new_bad_answer (EntClient *client)
{
  return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_BAD_ANSWER,
    _ ("%s does not answer as an Entrevue server does. Check the address."), client->origin);
}

GError *
ent_client_new_signed_out (void)
{
  return g_error_new_literal (
    ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT, ent_client_wording_get ("not_signed_in"));
}

static gboolean
is_pinned (EntClient *client)
{
  return strcmp (client->place, client->origin) != 0;
}

/* What the transport says becomes a sentence about the server. */
GError *
ent_client_new_unreachable (EntClient *client, const GError *cause)
{
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) && is_pinned (client))
    return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
      _ ("%s is not the server that your link was made for: its key is another one. Nothing was "
         "sent. Ask for a new link, in a way that nobody can have changed."),
      client->origin);
  if (g_error_matches (cause, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
      _ ("The certificate of %s is not valid, so nothing was sent. Check the address, or tell the "
         "people who run the server."),
      client->origin);
  return g_error_new (ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE,
    _ ("%s cannot be reached. Check the address and your network, or try again in a moment."),
    client->origin);
}

static EntClientError
classify_status (guint status, const EntApiProblem *problem)
{
  if (problem != NULL && g_strcmp0 (problem->code, "wrong_code") == 0)
    return ENT_CLIENT_ERROR_REFUSED;
  if (status == 401)
    return ENT_CLIENT_ERROR_SIGNED_OUT;
  if (status == 429 || status == 503 || status == 507)
    return ENT_CLIENT_ERROR_LIMITED;
  if (status == 502 || status == 504)
    return ENT_CLIENT_ERROR_UNREACHABLE;
  return ENT_CLIENT_ERROR_REFUSED;
}

/* What to show for an answer that says no; caller owns. */
static char *
new_problem_sentence (const EntApiProblem *problem, guint retry_after)
{
  const char *sentence = problem != NULL ? ent_client_wording_get (problem->code) : NULL;

  if (sentence != NULL)
    return g_strdup (sentence);
  if (problem != NULL && g_strcmp0 (problem->code, "too_fast") == 0 && retry_after > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many tries. Try again in %u second.",
                              "Too many tries. Try again in %u seconds.", retry_after),
      retry_after);
  if (problem != NULL && problem->detail != NULL)
    return g_strdup (problem->detail);
  if (problem != NULL && problem->title != NULL)
    return g_strdup (problem->title);
  return g_strdup (_ ("The server is busy or being restarted. Try again in a moment."));
}

/* A code of the server that came in another way than as an answer; otherwise is the sentence for
 * one that is not known. */
GError *
ent_client_new_refused (const char *code, const char *otherwise)
{
  const char *sentence = ent_client_wording_get (code);
  GError *error = g_error_new_literal (
    ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_REFUSED, sentence != NULL ? sentence : otherwise);
  EntClientErrorPrivate *priv = ent_client_error_get_private (error);

  priv->code = g_strdup (code);
  return error;
}

GError *
ent_client_new_problem (EntClient *client, SoupMessage *message, GBytes *body)
{
  guint status = soup_message_get_status (message);
  const char *wait =
    soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint retry_after = wait != NULL ? CLAMP (g_ascii_strtoll (wait, NULL, 10), 0, 86400) : 0;
  g_autoptr (EntApiProblem) problem = NULL;
  g_autofree char *sentence = NULL;
  EntClientErrorPrivate *priv;
  GError *error;

  problem = ent_codec_decode (&ent_api_problem_struct, g_bytes_get_data (body, NULL),
    g_bytes_get_size (body), ENT_UNKNOWN_IGNORED, NULL);
  if (problem == NULL && status != 502 && status != 503 && status != 504)
    return ent_client_new_bad_answer (client);
  sentence = new_problem_sentence (problem, retry_after);
  error = g_error_new_literal (ENT_CLIENT_ERROR, classify_status (status, problem), sentence);
  priv = ent_client_error_get_private (error);
  priv->code = problem != NULL ? g_strdup (problem->code) : NULL;
  priv->retry_after = retry_after;
  return error;
}
