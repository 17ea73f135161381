#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What workers have done, on its way to the thread that asked: one source of its main context for
 * all of it, which is woken only when it sleeps. In order; some at a time, so that others have
 * their turn between. */
typedef struct _CoordDbAnswers CoordDbAnswers;

/* The first member of what is answered. */
typedef struct {
  GList link; /* its data is the answer */
  GTask *task; /* to return */
} CoordDbAnswer;

/* Returns the task and frees the answer. */
typedef void (*CoordDbAnswerFunc) (gpointer answer);

/* For the caller's thread-default main context. turn_ends is called there with data after each of
 * its turns, before it may sleep, until the answers are closed. */
CoordDbAnswers *coord_db_answers_new (CoordDbAnswerFunc give,
  GDestroyNotify free_answer,
  void (*turn_ends) (gpointer data),
  gpointer data);

/* Whether the caller is in a turn of the main context, and turn_ends comes after it. */
gboolean coord_db_answers_is_in_turn (CoordDbAnswers *answers);

/* Takes all answers of a queue of links, from any thread. The tasks of another main context are
 * returned at once, which GLib brings there. */
void coord_db_answers_push (CoordDbAnswers *answers, GQueue *links);

/* In the thread of the main context, when nobody pushes any more: what still waits is given in
 * later turns of it. */
void coord_db_answers_close (CoordDbAnswers *answers);

G_END_DECLS
