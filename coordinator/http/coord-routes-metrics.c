#include "http/coord-routes.h"

#include <string.h>

#include "base/ent-secret.h"
#include "store/coord-error.h"

/* What a proxy adds to what it passes on. */
static const char *const proxy_headers[] = { "Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
  "X-Forwarded-Proto", "X-Real-IP", "Via" };

/* Whether the host of the request is this machine by a name that only this machine has. Otherwise a
 * page of the web could have a browser here ask for it. */
static gboolean
names_this_machine (const char *host)
{
  static const char *const names[] = { "127.0.0.1", "[::1]", "localhost" };

  for (guint i = 0; host != NULL && i < G_N_ELEMENTS (names); i++) {
    gsize length = strlen (names[i]);

    if (g_ascii_strncasecmp (host, names[i], length) == 0 &&
        (host[length] == '\0' || host[length] == ':'))
      return TRUE;
  }
  return FALSE;
}

/* Somebody at this machine. All requests come from it, those of a proxy too: so not when a public
 * address tells that there is one, whatever the request says. */
static gboolean
is_direct (CoordRequest *request)
{
  const char *address = coord_request_get_address (request);

  if (coord_request_get_services (request)->config->public_url != NULL ||
      !names_this_machine (coord_request_get_header (request, "Host")))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (proxy_headers); i++)
    if (coord_request_get_header (request, proxy_headers[i]) != NULL)
      return FALSE;
  return g_str_has_prefix (address, "127.") || strcmp (address, "::1") == 0;
}

gboolean
coord_routes_is_operator (CoordRequest *request)
{
  const char *token = coord_request_get_bearer (request);

  if (token != NULL)
    return ent_secret_equal (token, coord_request_get_services (request)->secrets->metrics_token);
  return is_direct (request);
}

static void
show_metrics (CoordRequest *request, gpointer data)
{
  g_autofree char *text = NULL;

  if (!coord_routes_is_operator (request)) {
    coord_request_fail (
      request, g_error_new_literal (COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is nothing here."));
    return;
  }
  text = coord_metrics_write (coord_request_get_services (request)->metrics);
  coord_request_reply_text (request, 200, "text/plain; version=0.0.4; charset=utf-8", text);
}

static const CoordRoute routes[] = {
  { "GET", "/metrics", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_metrics,
    .media_type = "text/plain" },
};

void
coord_routes_add_metrics (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
