#include "http/coord-web-page.h"

static const char form[] =
  "<!DOCTYPE html>\n"
  "<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
  "<meta name=\"viewport\" content=\"width=device-width\">\n"
  "<meta name=\"robots\" content=\"noindex\">\n"
  "<style>:root { color-scheme: light dark } body { font: 1.1em/1.5 sans-serif; max-width: 32em;"
  " margin: 3em auto; padding: 0 1em } label { display: block; margin: 1em 0 }"
  " input { display: block; font: inherit; width: 100%%; box-sizing: border-box; padding: .4em }"
  " button { font: inherit; padding: .5em 1.5em }</style>\n"
  "</head><body>\n<h1>%s</h1>\n%s</body></html>\n";

gboolean
coord_web_page_is_german (CoordRequest *request)
{
  const char *languages = coord_request_get_header (request, "Accept-Language");

  return languages != NULL && g_ascii_strncasecmp (languages, "de", 2) == 0 &&
         !g_ascii_isalpha (languages[2]);
}

void
coord_web_page_reply (CoordRequest *request, guint status, const char *title, const char *html)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  g_autofree char *page = g_strdup_printf (
    form, coord_web_page_is_german (request) ? "de" : "en", escaped, escaped, html);

  coord_request_set_header (request, "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'");
  coord_request_set_header (request, "Referrer-Policy", "no-referrer");
  coord_request_reply_text (request, status, "text/html; charset=utf-8", page);
}
