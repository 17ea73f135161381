/* Joining a room, and the page behind a join link. */

#include "base/ent-id.h"
#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-room-service.h"
#include "store/coord-error.h"

static gpointer
join (CoordCall *call, GError **error)
{
  return coord_room_service_join (call->db, call->caller,
    coord_request_get_parameter (call->request, "room"), call->body, call->services->config,
    call->services->secrets, call->now_us, call->events, error);
}

/* The title twice, and the link without its token. That stands in the fragment, which browsers send
 * to nobody; the script only copies it into the link. Without a script the page says what to do
 * with the address itself. */
static const char page[] =
  "<!DOCTYPE html>\n"
  "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
  "<meta name=\"viewport\" content=\"width=device-width\">\n"
  "<meta name=\"referrer\" content=\"no-referrer\"><meta name=\"robots\" content=\"noindex\">\n"
  "</head><body>\n"
  "<h1>%s</h1>\n"
  "<p><a id=\"open\" href=\"%s\">Open it in Entrevue</a></p>\n"
  "<p>If nothing happens, Entrevue is not installed on this computer. Install it, start it, "
  "choose &ldquo;Join with a link&rdquo; and paste the whole address of this page, with all that "
  "follows the #.</p>\n"
  "<script>document.getElementById('open').href += location.hash;</script>\n"
  "</body></html>\n";

static void
show_page (CoordRequest *request, const char *title, const char *link)
{
  g_autofree char *html = g_strdup_printf (page, title, title, link);

  coord_request_reply_text (request, 200, "text/html; charset=utf-8", html);
}

static void
show_join_page (CoordRequest *request, gpointer data)
{
  const char *room = coord_request_get_parameter (request, "room");
  g_autofree char *origin = NULL;
  g_autofree char *link = NULL;

  if (!ent_id_is_valid (room)) {
    coord_request_fail (request,
      g_error_new_literal (COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such interview."));
    return;
  }
  /* Without the pin, which stands in the page's own address too. */
  origin = ent_place_split (coord_request_get_services (request)->origin, NULL);
  link = ent_link_uri_build (origin, room, NULL);
  show_page (request, "Join an interview", link);
}

static void
show_booking_page (CoordRequest *request, gpointer data)
{
  g_autofree char *origin = ent_place_split (coord_request_get_services (request)->origin, NULL);
  g_autofree char *link = ent_link_uri_build_booking (origin, NULL);

  show_page (request, "Book a time for an interview", link);
}

static void
show_invitation_page (CoordRequest *request, gpointer data)
{
  g_autofree char *origin = ent_place_split (coord_request_get_services (request)->origin, NULL);
  g_autofree char *link = ent_link_uri_build_invitation (origin, NULL);

  show_page (request, "Join an organisation", link);
}

static const CoordRoute routes[] = {
  { "POST", "/api/rooms/{room}/join", COORD_CALLER_OPTIONAL, COORD_LIMIT_GENERAL, .service = join,
    .work = COORD_WORK_WRITE, .body = &ent_api_join_struct, .answer = &ent_api_joined_struct },
  { "GET", "/join/{room}", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_join_page,
    .media_type = "text/html" },
  { "GET", "/book", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_booking_page,
    .media_type = "text/html" },
  { "GET", "/invite", COORD_CALLER_NONE, COORD_LIMIT_FREE, .handler = show_invitation_page,
    .media_type = "text/html" },
};

void
coord_routes_add_rooms (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
