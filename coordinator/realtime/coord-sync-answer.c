/* What somebody lacks, as the answer to a step 1: a small document at once, a big one in a thread.
 * The room waits meanwhile, so that what is relayed after the answer is what it does not hold; who
 * has asked the same by then shares the answer. */

#include <string.h>

#include "realtime/coord-open-room-private.h"

typedef struct {
  CoordRoomLink *link; /* stays until the room has taken what waits */
  GBytes *question; /* the state vector as it came */
  EntStateVector *known;
  GBytes *answer; /* set by the thread */
} Answering;

static void
answering_free (Answering *answering)
{
  g_bytes_unref (answering->question);
  ent_state_vector_free (answering->known);
  g_clear_pointer (&answering->answer, g_bytes_unref);
  g_free (answering);
}

/* In the thread. */
static void
encode (EntDoc *doc, gpointer data)
{
  Answering *answering = data;

  answering->answer = ent_sync_new_step2 (doc, answering->known);
}

static void
send_answer (const Answering *answering, CoordRoomLink *link)
{
  if (!coord_member_is_out (link->member))
    coord_sync_link_send (link, answering->answer);
}

static gboolean
share_cb (CoordRoomLink *link, GBytes *bytes, gpointer data)
{
  const Answering *answering = data;
  gsize size, question_size;
  const guint8 *start = g_bytes_get_data (bytes, &size);
  const guint8 *question = g_bytes_get_data (answering->question, &question_size);
  EntSyncMessage message;

  if (!ent_sync_parse (start, size, &message, NULL) || message.kind != ENT_SYNC_STEP1 ||
      message.body_size != question_size || memcmp (message.body, question, question_size) != 0)
    return FALSE;
  if (coord_open_room_count_question (link, COORD_ROOM_QUESTIONS_PER_S)) {
    coord_room_counts.shared++;
    send_answer (answering, link);
  }
  return TRUE;
}

static void
encoded_cb (CoordOpenRoom *room, gpointer data)
{
  Answering *answering = data;

  if (room->is_closed) /* its link may be gone */
    coord_room_document_drop (room);
  else {
    send_answer (answering, answering->link);
    coord_room_loan_answer_waiting (room, share_cb, answering);
  }
  answering_free (answering);
}

void
coord_sync_answer (CoordRoomLink *link, GBytes *question, EntStateVector *known)
{
  CoordOpenRoom *room = link->room;
  Answering *answering = g_new0 (Answering, 1);

  answering->link = link;
  answering->question = g_bytes_ref (question);
  answering->known = known;
  if (room->document_bytes > COORD_ROOM_MAX_ANSWERED_AT_ONCE) {
    coord_room_counts.encoded++;
    coord_room_loan_begin (room, encode, encoded_cb, answering);
    return;
  }
  encode (room->doc, answering);
  send_answer (answering, link);
  answering_free (answering);
}
