/* The replica at work in a thread: what would keep the main loop is done there, while the loop
 * serves the other rooms. The room itself waits: all that comes over its sockets is taken
 * afterwards, in the order in which it came. */

#include "realtime/coord-open-room-private.h"

#define TAKEN_AT_ONCE 64 /* of what has waited, in one turn of the main loop */

typedef enum {
  WAITING_START, /* a document socket has come */
  WAITING_MESSAGE,
  WAITING_CLOSED,
} WaitingKind;

typedef struct {
  WaitingKind kind;
  CoordRoomLink *link;
  gboolean is_text;
  guint code;
  GBytes *bytes; /* of a message */
} Waiting;

struct _CoordRoomLoan {
  CoordOpenRoom *room; /* referenced */
  EntDoc *doc; /* referenced; the thread's until it comes back */
  GBytes *vector; /* what it had when it left */
  CoordLoanFunc work;
  CoordLoanDone back;
  gpointer data;
};

static void
waiting_free (Waiting *waiting)
{
  g_clear_pointer (&waiting->bytes, g_bytes_unref);
  g_free (waiting);
}

GBytes *
coord_room_loan_get_vector (CoordOpenRoom *room)
{
  return room->loan != NULL ? room->loan->vector : NULL;
}

static gboolean
is_waiting (CoordOpenRoom *room)
{
  return room->loan != NULL || room->waiting.length > 0;
}

static void
add_waiting (CoordRoomLink *link, const Waiting *waiting)
{
  CoordOpenRoom *room = link->room;
  gsize size = waiting->bytes != NULL ? g_bytes_get_size (waiting->bytes) : 0;

  room->waiting_bytes += size + sizeof *waiting;
  g_queue_push_tail (&room->waiting, g_memdup2 (waiting, sizeof *waiting));
}

gboolean
coord_room_loan_hold_start (CoordRoomLink *link)
{
  if (!is_waiting (link->room))
    return FALSE;
  add_waiting (link, &(Waiting){ WAITING_START, link });
  return TRUE;
}

gboolean
coord_room_loan_hold_message (CoordRoomLink *link, gboolean is_text, GBytes *bytes)
{
  if (!is_waiting (link->room))
    return FALSE;
  if (link->room->waiting_bytes > COORD_ROOM_MAX_HELD)
    coord_socket_close (link->socket, COORD_CLOSE_TRY_AGAIN, "Too much waits for this room.");
  else
    add_waiting (link, &(Waiting){ WAITING_MESSAGE, link, is_text, 0, g_bytes_ref (bytes) });
  return TRUE;
}

gboolean
coord_room_loan_hold_close (CoordRoomLink *link, guint code)
{
  if (!is_waiting (link->room) || link->room->is_closed)
    return FALSE;
  add_waiting (link, &(Waiting){ WAITING_CLOSED, link, FALSE, code });
  return TRUE;
}

static Waiting *
pop_waiting (CoordOpenRoom *room)
{
  Waiting *waiting = g_queue_pop_head (&room->waiting);
  gsize size = waiting->bytes != NULL ? g_bytes_get_size (waiting->bytes) : 0;

  room->waiting_bytes -= size + sizeof *waiting;
  return waiting;
}

static void
take_waiting (const Waiting *waiting)
{
  switch (waiting->kind) {
  case WAITING_START:
    coord_sync_link_start (waiting->link);
    break;
  case WAITING_MESSAGE:
    if (waiting->link->is_sync)
      coord_sync_link_take (waiting->link, waiting->is_text, waiting->bytes);
    else
      coord_room_link_take (waiting->link, waiting->is_text, waiting->bytes);
    break;
  case WAITING_CLOSED:
    coord_room_link_closed (waiting->link, waiting->code);
    break;
  }
}

void
coord_room_loan_answer_waiting (CoordOpenRoom *room, CoordLoanAnswer func, gpointer data)
{
  GList *next;

  for (GList *l = room->waiting.head; l != NULL; l = next) {
    Waiting *waiting = l->data;

    next = l->next;
    if (waiting->kind != WAITING_MESSAGE || !waiting->link->is_sync || waiting->is_text ||
        !func (waiting->link, waiting->bytes, data))
      continue;
    room->waiting_bytes -= g_bytes_get_size (waiting->bytes) + sizeof *waiting;
    g_queue_delete_link (&room->waiting, l);
    waiting_free (waiting);
  }
}

static void take_some (CoordOpenRoom *room);

static void
take_more_cb (gpointer data)
{
  CoordOpenRoom *room = data;

  room->waiting_id = 0;
  take_some (room);
}

/* Stops where one of them lends the replica again. */
static void
take_some (CoordOpenRoom *room)
{
  g_autoptr (CoordOpenRoom) held = coord_open_room_ref (room);

  for (guint n = 0; n < TAKEN_AT_ONCE && room->loan == NULL && room->waiting.length > 0; n++) {
    Waiting *waiting = pop_waiting (room);

    take_waiting (waiting);
    waiting_free (waiting);
  }
  if (room->loan == NULL && room->waiting.length > 0 && room->waiting_id == 0)
    room->waiting_id = g_idle_add_once (take_more_cb, room);
}

/* In the thread. */
static void
work_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CoordRoomLoan *loan = data;

  loan->work (loan->doc, loan->data);
  g_task_return_boolean (task, TRUE);
}

static void
returned_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordRoomLoan *loan = data;
  g_autoptr (CoordOpenRoom) room = loan->room;

  room->loan = NULL;
  ent_doc_unref (loan->doc);
  loan->back (room, loan->data);
  if (!room->is_closed && room->loan == NULL)
    take_some (room);
  g_bytes_unref (loan->vector);
  g_free (loan);
}

void
coord_room_loan_begin (CoordOpenRoom *room, CoordLoanFunc work, CoordLoanDone back, gpointer data)
{
  CoordRoomLoan *loan = g_new0 (CoordRoomLoan, 1);
  g_autoptr (EntStateVector) vector = ent_doc_dup_state_vector (room->doc);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, returned_cb, loan);

  g_assert (room->loan == NULL);
  loan->room = coord_open_room_ref (room);
  loan->doc = ent_doc_ref (room->doc);
  loan->vector = ent_state_vector_encode (vector);
  loan->work = work;
  loan->back = back;
  loan->data = data;
  room->loan = loan;
  g_task_set_task_data (task, loan, NULL);
  g_task_run_in_thread (task, work_cb);
}

void
coord_room_loan_close (CoordOpenRoom *room)
{
  g_clear_handle_id (&room->waiting_id, g_source_remove);
  while (room->waiting.length > 0) {
    Waiting *waiting = pop_waiting (room);

    if (waiting->kind == WAITING_CLOSED)
      take_waiting (waiting);
    waiting_free (waiting);
  }
}
