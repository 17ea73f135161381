#include "box-door.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "box-error.h"
#include "box-run.h"
#include "box-ticket.h"

#define READ_BYTES (64 * 1024)
#define HEAD_BYTES 4
#define FRAME_HEAD_BYTES 5

struct _BoxDoor {
  BoxPool *pool;
  GPtrArray *languages; /* BoxLanguage */
  guint n_slots;
  char *path;
  int fd;
  guint source;
  GPtrArray *guests; /* Guest, owned */
};

typedef struct {
  BoxDoor *door;
  int fd; /* -1: it has gone */
  guint reader;
  guint writer;
  GByteArray *in; /* head and ticket, until the job runs */
  int input; /* -1: none came */
  GByteArray *out;
  BoxRun *run;
  gboolean has_ended; /* all is said, when out is written */
} Guest;

static void
guest_close (Guest *guest)
{
  g_clear_handle_id (&guest->reader, g_source_remove);
  g_clear_handle_id (&guest->writer, g_source_remove);
  if (guest->fd >= 0)
    close (guest->fd);
  guest->fd = -1;
}

static void
guest_free (gpointer data)
{
  Guest *guest = data;

  guest_close (guest);
  if (guest->input >= 0)
    close (guest->input);
  g_byte_array_unref (guest->in);
  g_byte_array_unref (guest->out);
  g_free (guest);
}

/* Nobody listens any more: what runs is stopped, and the guest goes with it. */
static void
leave (Guest *guest)
{
  guest_close (guest);
  if (guest->run != NULL)
    box_run_stop (guest->run);
  else
    g_ptr_array_remove_fast (guest->door->guests, guest);
}

static gboolean can_write_cb (int fd, GIOCondition condition, gpointer data);

/* FALSE when the guest has gone, and may have been freed. */
static gboolean
flush (Guest *guest)
{
  while (guest->fd >= 0 && guest->out->len > 0) {
    ssize_t sent = send (guest->fd, guest->out->data, guest->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent > 0) {
      g_byte_array_remove_range (guest->out, 0, sent);
    } else if (sent < 0 && errno == EAGAIN) {
      if (guest->writer == 0)
        guest->writer = g_unix_fd_add (guest->fd, G_IO_OUT, can_write_cb, guest);
      return TRUE;
    } else if (sent == 0 || errno != EINTR) {
      leave (guest);
      return FALSE;
    }
  }
  if (!guest->has_ended)
    return TRUE;
  leave (guest);
  return FALSE;
}

static gboolean
can_write_cb (int fd, GIOCondition condition, gpointer data)
{
  Guest *guest = data;

  guest->writer = 0;
  flush (guest);
  return G_SOURCE_REMOVE;
}

/* What a job may print bounds what can wait here. */
static void
add_frame (Guest *guest, guint8 kind, gconstpointer data, guint32 size)
{
  if (guest->fd < 0)
    return;
  g_byte_array_append (guest->out, &kind, 1);
  g_byte_array_append (guest->out, (const guint8 *) &size, sizeof size);
  if (size > 0)
    g_byte_array_append (guest->out, data, size);
}

static void
output_cb (EntStream stream, const guint8 *data, gsize size, gpointer user_data)
{
  Guest *guest = user_data;

  add_frame (guest, stream, data, size);
  if (guest->writer == 0 && guest->fd >= 0 && guest->out->len > 0)
    guest->writer = g_unix_fd_add (guest->fd, G_IO_OUT, can_write_cb, guest);
}

static void
done_cb (BoxReport *report, gpointer user_data)
{
  Guest *guest = user_data;
  g_autofree char *json = box_report_to_json (report);

  box_report_free (report);
  guest->run = NULL;
  guest->has_ended = TRUE;
  if (guest->fd < 0) {
    leave (guest);
    return;
  }
  add_frame (guest, BOX_DOOR_REPORT, json, strlen (json));
  flush (guest);
}

static const BoxRunEvents run_events = { output_cb, NULL, done_cb, FALSE };

/* A job that cannot be, or finds no room, is not answered: `run` makes a box of its own, and says
 * what is wrong. */
static void
start_job (Guest *guest)
{
  BoxDoor *door = guest->door;
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (BoxJob) job = box_ticket_read (
    (const char *) guest->in->data + HEAD_BYTES, guest->in->len - HEAD_BYTES, &id, &error);
  const BoxLanguage *language = job != NULL ? box_language_find (door->languages, id) : NULL;

  g_byte_array_set_size (guest->in, 0);
  if (language == NULL || door->guests->len > door->n_slots) {
    g_debug ("a local job is not taken: %s", error != NULL ? error->message : "no room for it");
    leave (guest);
    return;
  }
  if (guest->input >= 0)
    box_job_take_stdin_fd (job, guest->input);
  guest->input = -1;
  add_frame (guest, BOX_DOOR_TAKEN, NULL, 0);
  guest->run = box_run_start (door->pool, language, g_steal_pointer (&job), &run_events, guest);
  flush (guest);
}

/* Reads a part, and the input that may come with the first one. */
static ssize_t
receive (Guest *guest, guint8 *bytes, gsize size)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec part = { bytes, size };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t got = recvmsg (guest->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (got > 0 && message.msg_controllen >= CMSG_LEN (sizeof (int)) &&
      control.head.cmsg_type == SCM_RIGHTS) {
    if (guest->input >= 0)
      close (guest->input);
    memcpy (&guest->input, CMSG_DATA (&control.head), sizeof (int));
  }
  return got;
}

static gboolean
can_read_cb (int fd, GIOCondition condition, gpointer data)
{
  Guest *guest = data;
  guint8 bytes[READ_BYTES];
  ssize_t got = receive (guest, bytes, sizeof bytes);
  guint32 wanted = 0;

  if (got < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (got <= 0 && guest->run != NULL) {
    guest->reader = 0;
    box_run_stop (guest->run);
    return G_SOURCE_REMOVE;
  }
  if (got <= 0) {
    leave (guest);
    return G_SOURCE_REMOVE;
  }
  if (guest->run != NULL)
    return G_SOURCE_CONTINUE; /* there is nothing more to say */
  g_byte_array_append (guest->in, bytes, got);
  if (guest->in->len < HEAD_BYTES)
    return G_SOURCE_CONTINUE;
  memcpy (&wanted, guest->in->data, HEAD_BYTES);
  if (wanted > BOX_TICKET_MAX_BYTES || guest->in->len > HEAD_BYTES + wanted) {
    leave (guest);
    return G_SOURCE_REMOVE;
  }
  if (guest->in->len == HEAD_BYTES + wanted)
    start_job (guest);
  return G_SOURCE_CONTINUE;
}

static gboolean
knocked_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxDoor *door = data;
  int guest_fd = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  Guest *guest;

  if (guest_fd < 0)
    return G_SOURCE_CONTINUE;
  guest = g_new0 (Guest, 1);
  guest->door = door;
  guest->fd = guest_fd;
  guest->input = -1;
  guest->in = g_byte_array_new ();
  guest->out = g_byte_array_new ();
  guest->reader = g_unix_fd_add (guest_fd, G_IO_IN | G_IO_HUP, can_read_cb, guest);
  g_ptr_array_add (door->guests, guest);
  return G_SOURCE_CONTINUE;
}

static gboolean
make_address (const char *path, struct sockaddr_un *address)
{
  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  if (strlen (path) >= sizeof address->sun_path)
    return FALSE;
  strcpy (address->sun_path, path);
  return TRUE;
}

/* -1 with errno when nobody listens there. */
static int
connect_to (const char *path)
{
  struct sockaddr_un address;
  int fd = make_address (path, &address) ? socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) : -1;

  if (fd >= 0 && connect (fd, (struct sockaddr *) &address, sizeof address) != 0) {
    close (fd);
    fd = -1;
  }
  return fd;
}

BoxDoor *
box_door_new (const char *path, BoxPool *pool, GPtrArray *languages, guint n_slots, GError **error)
{
  struct sockaddr_un address;
  int other = connect_to (path);
  mode_t before;
  BoxDoor *door;
  int fd, e = 0;

  if (other >= 0 || !make_address (path, &address)) {
    if (other >= 0)
      close (other);
    g_set_error (error, BOX_ERROR, BOX_ERROR_HOST,
      "The local socket %s cannot be used: another runner has it, or its name is too long.", path);
    return NULL;
  }
  unlink (path); /* of a runner that was killed */
  fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  before = umask (0177);
  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (fd, 16) != 0)
    e = errno;
  umask (before);
  if (e != 0) {
    if (fd >= 0)
      close (fd);
    box_error_set_errno (error, BOX_ERROR_HOST, e, "The local socket %s cannot be made", path);
    return NULL;
  }
  door = g_new0 (BoxDoor, 1);
  door->pool = pool;
  door->languages = languages;
  door->n_slots = n_slots;
  door->path = g_strdup (path);
  door->fd = fd;
  door->guests = g_ptr_array_new_with_free_func (guest_free);
  door->source = g_unix_fd_add (fd, G_IO_IN, knocked_cb, door);
  return door;
}

void
box_door_stop (BoxDoor *door)
{
  g_clear_handle_id (&door->source, g_source_remove);
  if (door->fd >= 0) {
    close (door->fd);
    unlink (door->path);
  }
  door->fd = -1;
  for (guint i = door->guests->len; i > 0; i--)
    leave (g_ptr_array_index (door->guests, i - 1));
}

gboolean
box_door_is_idle (BoxDoor *door)
{
  return door->guests->len == 0;
}

void
box_door_free (BoxDoor *door)
{
  if (door == NULL)
    return;
  box_door_stop (door);
  g_warn_if_fail (box_door_is_idle (door));
  g_ptr_array_unref (door->guests);
  g_free (door->path);
  g_free (door);
}

/* The other side, in a program that waits for nothing else. */

static gboolean
send_all (int fd, const char *data, gsize size)
{
  while (size > 0) {
    ssize_t sent = send (fd, data, size, MSG_NOSIGNAL);

    if (sent < 0 && errno == EINTR)
      continue;
    if (sent <= 0)
      return FALSE;
    data += sent;
    size -= sent;
  }
  return TRUE;
}

static gboolean
send_ticket (int fd, const char *ticket, int input)
{
  guint32 size = strlen (ticket);
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { .head = { CMSG_LEN (sizeof (int)), SOL_SOCKET, SCM_RIGHTS } };
  struct iovec part = { &size, sizeof size };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

  if (input >= 0) {
    memcpy (CMSG_DATA (&control.head), &input, sizeof input);
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
  }
  return sendmsg (fd, &message, MSG_NOSIGNAL) == (ssize_t) sizeof size &&
         send_all (fd, ticket, size);
}

static gboolean
receive_all (int fd, char *data, gsize size)
{
  while (size > 0) {
    ssize_t got = recv (fd, data, size, 0);

    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      return FALSE;
    data += got;
    size -= got;
  }
  return TRUE;
}

void
box_door_stop_asking (BoxDoorStop *stop)
{
  stop->is_wanted = TRUE;
  if (stop->fd >= 0)
    shutdown (stop->fd, SHUT_WR);
}

char *
box_door_ask (const char *path,
  const char *ticket,
  int input,
  BoxDoorOutput output,
  BoxDoorStop *stop,
  gboolean *was_taken)
{
  int fd = connect_to (path);
  char *report = NULL;
  char head[FRAME_HEAD_BYTES];

  *was_taken = FALSE;
  if (fd < 0)
    return NULL;
  if (!send_ticket (fd, ticket, input)) {
    close (fd);
    return NULL;
  }
  /* A signal that came before this had no socket to close. */
  stop->fd = fd;
  if (stop->is_wanted)
    shutdown (fd, SHUT_WR);
  while (report == NULL && receive_all (fd, head, sizeof head)) {
    g_autofree char *data = NULL;
    guint32 size;

    memcpy (&size, head + 1, sizeof size);
    data = g_malloc ((gsize) size + 1);
    if (!receive_all (fd, data, size))
      break;
    data[size] = '\0';
    if ((guint8) head[0] == BOX_DOOR_TAKEN)
      *was_taken = TRUE;
    else if ((guint8) head[0] == BOX_DOOR_REPORT)
      report = g_steal_pointer (&data);
    else if (output != NULL)
      output ((guint8) head[0], data, size);
  }
  stop->fd = -1;
  close (fd);
  return report;
}
