#include "box-feed.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#define READ_BYTES (64 * 1024)

struct _BoxFeed {
  int to; /* -1: the program takes no more */
  int from; /* -1: none, or at its end */
  gboolean is_ended; /* to is closed when all is written */
  GByteArray *waiting;
  guint writer;
  guint reader;
};

static void go_on (BoxFeed *feed);

BoxFeed *
box_feed_new (int to)
{
  BoxFeed *feed = g_new0 (BoxFeed, 1);

  feed->to = to;
  feed->from = -1;
  feed->waiting = g_byte_array_new ();
  g_unix_set_fd_nonblocking (to, TRUE, NULL);
  return feed;
}

static void
stop (BoxFeed *feed)
{
  g_clear_handle_id (&feed->writer, g_source_remove);
  g_clear_handle_id (&feed->reader, g_source_remove);
  feed->from = -1;
  if (feed->to >= 0)
    close (feed->to);
  feed->to = -1;
}

void
box_feed_free (BoxFeed *feed)
{
  if (feed == NULL)
    return;
  stop (feed);
  g_byte_array_unref (feed->waiting);
  g_free (feed);
}

static gboolean
can_write_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxFeed *feed = data;

  feed->writer = 0;
  go_on (feed);
  return G_SOURCE_REMOVE;
}

static gboolean
can_read_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxFeed *feed = data;
  guint8 bytes[READ_BYTES];
  ssize_t size = read (fd, bytes, sizeof bytes);

  feed->reader = 0;
  if (size > 0) {
    g_byte_array_append (feed->waiting, bytes, size);
  } else if (size == 0 || (errno != EINTR && errno != EAGAIN)) {
    feed->from = -1;
    feed->is_ended = TRUE;
  }
  go_on (feed);
  return G_SOURCE_REMOVE;
}

/* Writes what can be written, then waits for room, or for more to read, or ends. */
static void
go_on (BoxFeed *feed)
{
  while (feed->to >= 0 && feed->waiting->len > 0) {
    ssize_t size = write (feed->to, feed->waiting->data, feed->waiting->len);

    if (size > 0) {
      g_byte_array_remove_range (feed->waiting, 0, size);
    } else if (size < 0 && errno == EAGAIN) {
      if (feed->writer == 0)
        feed->writer = g_unix_fd_add (feed->to, G_IO_OUT | G_IO_ERR, can_write_cb, feed);
      return;
    } else if (errno != EINTR) {
      stop (feed); /* it has closed its end */
      return;
    }
  }
  if (feed->is_ended)
    stop (feed);
  else if (feed->from >= 0 && feed->reader == 0)
    feed->reader = g_unix_fd_add (feed->from, G_IO_IN | G_IO_HUP | G_IO_ERR, can_read_cb, feed);
}

gboolean
box_feed_add (BoxFeed *feed, const guint8 *data, gsize size)
{
  if (size > BOX_FEED_MAX_WAITING - MIN (feed->waiting->len, BOX_FEED_MAX_WAITING))
    return FALSE;
  if (feed->to < 0)
    return TRUE;
  g_byte_array_append (feed->waiting, data, size);
  if (feed->writer == 0)
    go_on (feed);
  return TRUE;
}

void
box_feed_attach (BoxFeed *feed, int from)
{
  feed->from = from;
  go_on (feed);
}
