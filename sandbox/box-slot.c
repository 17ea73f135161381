#include "box-slot.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "box-error.h"
#include "box-filter.h"

#define MAX_FAILURE_BYTES 2000
#define CLEAN_RETRY_MS 5
#define CLEAN_RETRIES 1000

struct _BoxSlot {
  BoxSite *site;
  char *name;
  BoxWork *work;
  BoxGroup *group;
  pid_t pid; /* of bubblewrap; 0 when it is dead */
  int socket;
  int words; /* what bubblewrap says when it fails; -1 once the box is ready */
  guint socket_source;
  guint events_source;
  gboolean is_ahead;
  gboolean is_ready;
  gboolean is_gone;
  BoxGroupUsage before; /* what making the box had used */
  int gift; /* the descriptor that came with the last note; -1: none, or taken */
  gboolean has_note;
  BoxNote note;
  char *failure;
  BoxSlotFunc callback;
  gpointer data;
  gboolean is_released;
  GSourceFunc on_clean;
  gpointer on_clean_data;
  guint clean_tries;
};

static void
tell (BoxSlot *slot, BoxSlotEvent event)
{
  if (slot->callback != NULL)
    slot->callback (slot, event, slot->data);
}

/* The end */

static void
slot_free (BoxSlot *slot)
{
  g_clear_handle_id (&slot->socket_source, g_source_remove);
  g_clear_handle_id (&slot->events_source, g_source_remove);
  if (slot->pid > 0)
    box_reaper_unwatch (slot->site->reaper, slot->pid);
  if (slot->socket >= 0)
    close (slot->socket);
  if (slot->words >= 0)
    close (slot->words);
  if (slot->gift >= 0)
    close (slot->gift);
  g_clear_pointer (&slot->work, box_work_free);
  g_clear_pointer (&slot->group, box_group_free);
  g_free (slot->failure);
  g_free (slot->name);
  g_free (slot);
}

/* Dead processes of a box are taken in one by one, some of them by this process; until then its
 * groups cannot be removed, and nothing tells when that is. */
static gboolean
clean_cb (gpointer data)
{
  BoxSlot *slot = data;

  if (slot->group != NULL && !box_group_remove (slot->group) && ++slot->clean_tries < CLEAN_RETRIES)
    return G_SOURCE_CONTINUE;
  if (slot->clean_tries == CLEAN_RETRIES)
    g_warning ("The control group of %s cannot be removed", slot->name);
  if (slot->on_clean != NULL)
    slot->on_clean (slot->on_clean_data);
  slot_free (slot);
  return G_SOURCE_REMOVE;
}

static void
start_cleaning (BoxSlot *slot)
{
  if (clean_cb (slot) == G_SOURCE_CONTINUE)
    g_timeout_add (CLEAN_RETRY_MS, clean_cb, slot);
}

/* What bubblewrap said before it gave up. */
static void
note_failure (BoxSlot *slot)
{
  char text[MAX_FAILURE_BYTES + 1];
  ssize_t size = slot->words >= 0 ? read (slot->words, text, MAX_FAILURE_BYTES) : 0;

  if (slot->failure != NULL)
    return;
  text[MAX (size, 0)] = '\0';
  g_strstrip (text);
  slot->failure = g_strdup_printf (
    "The box could not be made: %s", *text != '\0' ? text : "it ended before it was ready");
}

static int
steal_gift (BoxSlot *slot)
{
  int gift = slot->gift;

  slot->gift = -1;
  return gift;
}

/* Reads one note, and keeps the descriptor that may come with it. */
static ssize_t
receive_note (BoxSlot *slot, BoxNote *note)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int))];
  } control = { 0 };
  struct iovec part = { note, sizeof *note };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };
  ssize_t size = recvmsg (slot->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

  if (size > 0 && message.msg_controllen >= CMSG_LEN (sizeof (int)) &&
      control.head.cmsg_type == SCM_RIGHTS) {
    if (slot->gift >= 0)
      close (slot->gift);
    memcpy (&slot->gift, CMSG_DATA (&control.head), sizeof (int));
  }
  if (size == (ssize_t) sizeof *note)
    note->step[sizeof note->step - 1] = '\0';
  return size;
}

/* box-init speaks and ends at once, so its last word may still lie in the socket. */
static void
take_last_word (BoxSlot *slot)
{
  BoxNote note;

  while (!slot->has_note && receive_note (slot, &note) == (ssize_t) sizeof note)
    if (note.kind == BOX_NOTE_ENDED || note.kind == BOX_NOTE_FAILED) {
      slot->note = note;
      slot->has_note = TRUE;
    }
}

static void
check_gone (BoxSlot *slot)
{
  if (slot->is_gone || slot->pid != 0 ||
      (slot->group != NULL && box_group_is_populated (slot->group)))
    return;
  slot->is_gone = TRUE;
  take_last_word (slot);
  if (!slot->is_ready)
    note_failure (slot);
  g_clear_handle_id (&slot->socket_source, g_source_remove);
  g_clear_handle_id (&slot->events_source, g_source_remove);
  if (slot->is_released)
    start_cleaning (slot);
  else
    tell (slot, BOX_SLOT_GONE);
}

static gboolean
group_changed_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxSlot *slot = data;

  /* Reading it arms the next notice; a file that can be read no more has nothing to say. */
  if (!box_group_is_populated (slot->group) && slot->pid == 0) {
    slot->events_source = 0;
    check_gone (slot);
    return G_SOURCE_REMOVE;
  }
  return G_SOURCE_CONTINUE;
}

static void
bubblewrap_died_cb (pid_t pid, int status, gpointer data)
{
  BoxSlot *slot = data;

  slot->pid = 0;
  check_gone (slot);
}

/* What the box says */

/* The box stands, and box-init waits in it. What bubblewrap is not asked to do is done now. */
static gboolean
finish_making (BoxSlot *slot)
{
  int mount_namespace = steal_gift (slot);
  g_autoptr (GError) error = NULL;

  if (mount_namespace < 0)
    box_error_set_errno (&error, BOX_ERROR_INTERNAL, EBADF, "The box does not show itself");
  else
    box_mask_put_on (&slot->site->mask, mount_namespace, &error);
  if (mount_namespace >= 0)
    close (mount_namespace);
  if (error == NULL)
    return TRUE;
  slot->failure = g_strdup (error->message);
  return FALSE;
}

static gboolean
box_spoke_cb (int fd, GIOCondition condition, gpointer data)
{
  BoxSlot *slot = data;
  BoxNote note;
  ssize_t size = receive_note (slot, &note);

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  if (size == sizeof note && note.kind == BOX_NOTE_TERMINAL && slot->gift >= 0) {
    tell (slot, BOX_SLOT_TERMINAL);
    return G_SOURCE_CONTINUE;
  }
  if (size != sizeof note || note.kind != BOX_NOTE_READY || slot->is_ready) {
    slot->socket_source = 0;
    if (size == sizeof note && slot->is_ready) {
      slot->note = note;
      slot->has_note = TRUE;
      tell (slot, BOX_SLOT_ENDED);
    } else if (!slot->is_ready) {
      note_failure (slot);
      tell (slot, BOX_SLOT_FAILED);
    }
    return G_SOURCE_REMOVE;
  }
  if (!finish_making (slot)) {
    slot->socket_source = 0;
    tell (slot, BOX_SLOT_FAILED);
    return G_SOURCE_REMOVE;
  }
  slot->is_ready = TRUE;
  box_slot_hurry (slot);
  if (slot->group != NULL)
    box_group_read_usage (slot->group, &slot->before);
  close (slot->words);
  slot->words = -1;
  tell (slot, BOX_SLOT_READY);
  return G_SOURCE_CONTINUE;
}

/* Making */

/* In the child between fork and exec, as the runner's user, in the runner's namespaces: enters the
 * box's groups and becomes bubblewrap with exactly two descriptors beside the standard ones. Calls
 * async-signal-safe functions only. */
static _Noreturn void
become_bubblewrap (char **command, const int *entries, int socket_fd, int filter_fd, int words_fd)
{
  static char *const environment[] = { (char *) "PATH=/usr/bin:/bin", NULL };
  struct sigaction plain = { .sa_handler = SIG_DFL };
  sigset_t none;
  int null;

  for (; *entries >= 0; entries++)
    if (write (*entries, "0", 1) != 1)
      _exit (125);
  for (int i = 1; i < NSIG; i++)
    sigaction (i, &plain, NULL);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);

  /* Out of the way of the numbers they are to have. */
  socket_fd = fcntl (socket_fd, F_DUPFD, 20);
  filter_fd = fcntl (filter_fd, F_DUPFD, 20);
  words_fd = fcntl (words_fd, F_DUPFD, 20);
  null = open ("/dev/null", O_RDWR);
  if (null < 0 || socket_fd < 0 || filter_fd < 0 || words_fd < 0 || dup2 (null, 0) < 0 ||
      dup2 (null, 1) < 0 || dup2 (words_fd, 2) < 0 || dup2 (socket_fd, BOX_ORDER_SOCKET) < 0 ||
      dup2 (filter_fd, BOX_BUILDER_FILTER_FD) < 0 ||
      lseek (BOX_BUILDER_FILTER_FD, 0, SEEK_SET) != 0 ||
      close_range (BOX_BUILDER_FILTER_FD + 1, ~0u, 0) != 0)
    _exit (125);
  execve (command[0], command, environment);
  _exit (124);
}

static gboolean
fork_bubblewrap (BoxSlot *slot, GError **error)
{
  static const int no_entries[] = { -1 };
  g_auto (GStrv) command = box_builder_build (&slot->site->view, box_work_get_folder (slot->work));
  const int *entries = slot->group != NULL ? box_group_get_entries (slot->group) : no_entries;
  int sockets[2], words[2];
  int filter, e;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
    return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "A socket cannot be made");
  slot->socket = sockets[0];
  if (!g_unix_open_pipe (words, FD_CLOEXEC, error)) {
    close (sockets[1]);
    return FALSE;
  }
  slot->words = words[0];
  g_unix_set_fd_nonblocking (words[0], TRUE, NULL);

  filter = box_filter_copy (slot->site->outer_filter, error);
  if (filter < 0) {
    close (sockets[1]);
    close (words[1]);
    return FALSE;
  }
  slot->pid = fork ();
  if (slot->pid == 0)
    become_bubblewrap (command, entries, sockets[1], filter, words[1]);
  e = errno;
  close (filter);
  close (sockets[1]);
  close (words[1]);
  if (slot->pid > 0)
    return TRUE;
  slot->pid = 0;
  return box_error_set_errno (error, BOX_ERROR_INTERNAL, e, "A process cannot be made");
}

BoxSlot *
box_slot_start (BoxSite *site, guint serial, gboolean is_ahead, GError **error)
{
  BoxSlot *slot = g_new0 (BoxSlot, 1);

  slot->site = site;
  slot->is_ahead = is_ahead;
  slot->name = g_strdup_printf ("box-%u", serial);
  slot->socket = -1;
  slot->words = -1;
  slot->gift = -1;
  slot->work = box_work_new (site->host->base, slot->name, error);
  if (slot->work != NULL && site->host->groups != NULL)
    slot->group = box_group_new (site->host->groups, slot->name, error);
  /* The usual limits already, so that a job only changes what is different. */
  if (slot->work == NULL || (site->host->groups != NULL && slot->group == NULL) ||
      (slot->group != NULL &&
        (!box_group_limit (slot->group, box_limits_get_profile ("room"), error) ||
          !box_group_set_ahead (slot->group, is_ahead, error))) ||
      !fork_bubblewrap (slot, error)) {
    if (slot->group != NULL)
      box_group_remove (slot->group);
    slot_free (slot);
    return NULL;
  }
  box_reaper_watch (site->reaper, slot->pid, bubblewrap_died_cb, slot);
  slot->socket_source = g_unix_fd_add (slot->socket, G_IO_IN | G_IO_HUP, box_spoke_cb, slot);
  if (slot->group != NULL) {
    box_group_close_entries (slot->group);
    box_group_is_populated (slot->group);
    slot->events_source =
      g_unix_fd_add (box_group_get_events_fd (slot->group), G_IO_PRI, group_changed_cb, slot);
  }
  return slot;
}

void
box_slot_hurry (BoxSlot *slot)
{
  g_autoptr (GError) error = NULL;

  if (!slot->is_ahead || slot->group == NULL)
    return;
  slot->is_ahead = FALSE;
  if (!box_group_set_ahead (slot->group, FALSE, &error))
    g_warning ("%s", error->message);
}

void
box_slot_watch (BoxSlot *slot, BoxSlotFunc callback, gpointer data)
{
  slot->callback = callback;
  slot->data = data;
}

gboolean
box_slot_is_ready (BoxSlot *slot)
{
  return slot->is_ready;
}

const char *
box_slot_get_failure (BoxSlot *slot)
{
  return slot->failure;
}

const BoxNote *
box_slot_get_note (BoxSlot *slot)
{
  return slot->has_note ? &slot->note : NULL;
}

BoxWork *
box_slot_get_work (BoxSlot *slot)
{
  return slot->work;
}

BoxGroup *
box_slot_get_group (BoxSlot *slot)
{
  return slot->group;
}

int
box_slot_steal_terminal (BoxSlot *slot)
{
  return steal_gift (slot);
}

const BoxGroupUsage *
box_slot_get_usage_before (BoxSlot *slot)
{
  return &slot->before;
}

gboolean
box_slot_send (BoxSlot *slot, GBytes *order, const int fds[BOX_ORDER_N_FDS], GError **error)
{
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE (sizeof (int) * BOX_ORDER_N_FDS)];
  } control = { 0 };
  gsize size;
  struct iovec part = { (void *) g_bytes_get_data (order, &size), g_bytes_get_size (order) };
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
  };

  control.head.cmsg_level = SOL_SOCKET;
  control.head.cmsg_type = SCM_RIGHTS;
  control.head.cmsg_len = CMSG_LEN (sizeof (int) * BOX_ORDER_N_FDS);
  memcpy (CMSG_DATA (&control.head), fds, sizeof (int) * BOX_ORDER_N_FDS);
  if (sendmsg (slot->socket, &message, MSG_NOSIGNAL) == (ssize_t) size)
    return TRUE;
  return box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "The box takes no order");
}

/* Without a control group: pid 1 of the box takes all others along, and bubblewrap ends after it.
 */
static void
kill_first_process (pid_t bubblewrap)
{
  g_autofree char *path =
    g_strdup_printf ("/proc/%d/task/%d/children", (int) bubblewrap, (int) bubblewrap);
  g_autofree char *children = NULL;
  pid_t child = 0;

  if (g_file_get_contents (path, &children, NULL, NULL))
    child = g_ascii_strtoll (children, NULL, 10);
  kill (child > 1 ? child : bubblewrap, SIGKILL);
}

void
box_slot_kill (BoxSlot *slot)
{
  if (slot->is_gone)
    return;
  if (slot->group == NULL) {
    if (slot->pid > 0)
      kill_first_process (slot->pid);
    return;
  }
  /* A box that was just forked may not be in its group yet, and then this is all of it. */
  if (slot->pid > 0 && !slot->is_ready)
    kill (slot->pid, SIGKILL);
  box_group_kill (slot->group);
}

void
box_slot_release (BoxSlot *slot, GSourceFunc on_clean, gpointer data)
{
  slot->callback = NULL;
  slot->is_released = TRUE;
  slot->on_clean = on_clean;
  slot->on_clean_data = data;
  if (slot->is_gone) {
    start_cleaning (slot);
    return;
  }
  box_slot_kill (slot);
}
