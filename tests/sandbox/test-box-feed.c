#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "box-feed.h"

typedef struct {
  int reader; /* the program's end */
  BoxFeed *feed;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  fixture->reader = ends[0];
  fixture->feed = box_feed_new (ends[1]);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  box_feed_free (fixture->feed);
  if (fixture->reader >= 0)
    close (fixture->reader);
}

/* Reads until the end, or until wanted bytes came; the loop turns in between. */
static gsize
read_all (Fixture *fixture, gsize wanted)
{
  guint8 bytes[65536];
  gsize total = 0;

  g_unix_set_fd_nonblocking (fixture->reader, TRUE, NULL);
  while (total < wanted) {
    ssize_t size = read (fixture->reader, bytes, sizeof bytes);

    if (size == 0)
      break;
    if (size > 0)
      total += size;
    else
      g_main_context_iteration (NULL, TRUE);
  }
  return total;
}

static void
test_from_memory (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc0 (BOX_FEED_MAX_WAITING);
  char got[6] = { 0 };
  gsize taken = 0;

  g_assert_true (box_feed_add (fixture->feed, (const guint8 *) "hello", 5));
  g_assert_cmpint (read (fixture->reader, got, 5), ==, 5);
  g_assert_cmpstr (got, ==, "hello");
  while (box_feed_add (fixture->feed, bytes, 1000))
    taken += 1000;
  /* What the pipe took, and the bound. */
  g_assert_cmpuint (taken, >=, BOX_FEED_MAX_WAITING - 1000);
  g_assert_cmpuint (taken, <, 4 * BOX_FEED_MAX_WAITING);
  g_assert_cmpuint (read_all (fixture, taken), ==, taken);
  g_assert_true (box_feed_add (fixture->feed, bytes, 1000));
}

static gpointer
write_and_close (gpointer data)
{
  int fd = GPOINTER_TO_INT (data);
  g_autofree guint8 *bytes = g_malloc0 (1 << 20);

  for (gsize done = 0; done < 1 << 20;) {
    ssize_t size = write (fd, bytes + done, (1 << 20) - done);

    g_assert_cmpint (size, >, 0);
    done += size;
  }
  close (fd);
  return NULL;
}

static void
test_from_a_file (Fixture *fixture, gconstpointer data)
{
  int ends[2];
  GThread *writer;

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  writer = g_thread_new ("writer", write_and_close, GINT_TO_POINTER (ends[1]));
  box_feed_attach (fixture->feed, ends[0]);
  g_assert_cmpuint (read_all (fixture, G_MAXSIZE), ==, 1 << 20);
  g_thread_join (writer);
  close (ends[0]);
}

static void
test_nobody_reads (Fixture *fixture, gconstpointer data)
{
  close (fixture->reader);
  fixture->reader = -1;
  g_assert_true (box_feed_add (fixture->feed, (const guint8 *) "x", 1));
  g_assert_true (box_feed_add (fixture->feed, (const guint8 *) "x", 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  g_test_add ("/box-feed/from-memory", Fixture, NULL, set_up, test_from_memory, tear_down);
  g_test_add ("/box-feed/from-a-file", Fixture, NULL, set_up, test_from_a_file, tear_down);
  g_test_add ("/box-feed/nobody-reads", Fixture, NULL, set_up, test_nobody_reads, tear_down);
  return g_test_run ();
}
