#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Requests to other servers, over libcurl: no redirects, no cookies, no proxy of the environment,
 * certificates checked, TLS always, and no connection to this machine or a private network, which
 * is decided after the name was resolved. What is allowed to be private may be plain HTTP as well,
 * if its address is private indeed.
 *
 * The transfers run in one thread of their own: reading the system's certificates takes 20 ms of
 * processor time for each connection, which the main loop does not have. */
typedef struct _CoordFetcher CoordFetcher;

/* Messages are sentences with the name of the server; they hold nothing that was sent. */
#define COORD_FETCH_ERROR (coord_fetch_error_quark ())
typedef enum {
  COORD_FETCH_ERROR_UNREACHABLE, /* no answer, a slow one, a wrong certificate: it may work later */
  COORD_FETCH_ERROR_ADDRESS, /* not a place to connect to */
  COORD_FETCH_ERROR_TOO_LARGE,
  COORD_FETCH_ERROR_BUSY, /* too many at once */
} CoordFetchError;
GQuark coord_fetch_error_quark (void);

#define COORD_FETCH_AT_ONCE 64

/* All are lent for the time of the call. */
typedef struct {
  const char *url;
  const char *const *headers; /* lines "Name: value", NULL-terminated; NULL: none */
  const char *form; /* POST with this body, application/x-www-form-urlencoded; NULL: GET */
  gboolean may_be_private;
  gsize max_bytes; /* of the body */
  guint timeout_ms; /* of all */
} CoordFetchRequest;

typedef struct {
  guint status;
  char *content_type; /* without parameters, in lower case; "" when there is none */
  GBytes *body;
} CoordFetchAnswer;

void coord_fetch_answer_free (CoordFetchAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordFetchAnswer, coord_fetch_answer_free)

CoordFetcher *coord_fetcher_new (void);

/* Ends what is under way, which is answered with G_IO_ERROR_CANCELLED once the main context runs,
 * and waits for the thread. */
void coord_fetcher_free (CoordFetcher *fetcher);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordFetcher, coord_fetcher_free)

/* Any status is an answer. Calls back in the thread-default main context of the caller. */
void coord_fetcher_fetch_async (CoordFetcher *fetcher,
  const CoordFetchRequest *request,
  GAsyncReadyCallback callback,
  gpointer data);
CoordFetchAnswer *coord_fetcher_fetch_finish (GAsyncResult *result, GError **error);

/* What was asked for since the start, and what of that got no answer; main thread. */
guint64 coord_fetcher_get_count (CoordFetcher *fetcher);
guint64 coord_fetcher_get_failures (CoordFetcher *fetcher);

G_END_DECLS
