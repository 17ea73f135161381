#include "store/coord-db-answers.h"

#define ANSWERS_PER_TURN 32 /* one may bring a whole answer of HTTP on its way: 50 us */

struct _CoordDbAnswers {
  GSource source;
  GMutex lock;
  GQueue pushed; /* CoordDbAnswer, since the last turn */
  gboolean is_asleep; /* nobody looks at pushed before the context is woken */
  GQueue due; /* CoordDbAnswer; of the context's thread alone */
  gboolean is_closed;
  CoordDbAnswerFunc give;
  GDestroyNotify free_answer;
  void (*turn_ends) (gpointer data);
  gpointer data;
};

/* What is pushed in a turn waits for the next: a task that is returned in the turn that made it
 * would be put off by GLib, and overtaken. */
static gboolean
look (CoordDbAnswers *answers, gboolean is_last)
{
  g_mutex_lock (&answers->lock);
  while (answers->pushed.length > 0)
    g_queue_push_tail_link (&answers->due, g_queue_pop_head_link (&answers->pushed));
  answers->is_asleep = is_last && answers->due.length == 0;
  g_mutex_unlock (&answers->lock);
  return answers->due.length > 0 || answers->is_closed;
}

static gboolean
prepare (GSource *source, int *timeout_ms)
{
  CoordDbAnswers *answers = (CoordDbAnswers *) source;

  if (!answers->is_closed)
    answers->turn_ends (answers->data);
  *timeout_ms = -1;
  return look (answers, TRUE);
}

static gboolean
check (GSource *source)
{
  return look ((CoordDbAnswers *) source, FALSE);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  CoordDbAnswers *answers = (CoordDbAnswers *) source;

  for (guint n = ANSWERS_PER_TURN; n > 0 && answers->due.length > 0; n--)
    answers->give (g_queue_pop_head_link (&answers->due)->data);
  return !answers->is_closed || answers->due.length > 0;
}

static void
finalize (GSource *source)
{
  CoordDbAnswers *answers = (CoordDbAnswers *) source;

  while (answers->due.length > 0)
    answers->free_answer (g_queue_pop_head_link (&answers->due)->data);
  while (answers->pushed.length > 0)
    answers->free_answer (g_queue_pop_head_link (&answers->pushed)->data);
  g_mutex_clear (&answers->lock);
}

static GSourceFuncs source_funcs = { prepare, check, dispatch, finalize, NULL, NULL };

CoordDbAnswers *
coord_db_answers_new (CoordDbAnswerFunc give,
  GDestroyNotify free_answer,
  void (*turn_ends) (gpointer data),
  gpointer data)
{
  GSource *source = g_source_new (&source_funcs, sizeof (CoordDbAnswers));
  CoordDbAnswers *answers = (CoordDbAnswers *) source;

  g_mutex_init (&answers->lock);
  answers->give = give;
  answers->free_answer = free_answer;
  answers->turn_ends = turn_ends;
  answers->data = data;
  g_source_set_static_name (source, "answers of the database");
  g_source_set_can_recurse (source, TRUE); /* who waits for one in a callback gets it */
  g_source_attach (source, g_main_context_get_thread_default ());
  return answers;
}

gboolean
coord_db_answers_is_in_turn (CoordDbAnswers *answers)
{
  GSource *source = g_main_current_source ();

  return source != NULL && g_source_get_context (source) == g_source_get_context (&answers->source);
}

void
coord_db_answers_push (CoordDbAnswers *answers, GQueue *links)
{
  GMainContext *context = g_source_get_context (&answers->source);
  gboolean is_asleep;

  for (GList *l = links->head, *next; l != NULL; l = next) {
    CoordDbAnswer *answer = l->data;

    next = l->next;
    if (g_task_get_context (answer->task) == context)
      continue;
    g_queue_unlink (links, l);
    answers->give (answer);
  }
  if (links->length == 0)
    return;
  g_mutex_lock (&answers->lock);
  while (links->length > 0)
    g_queue_push_tail_link (&answers->pushed, g_queue_pop_head_link (links));
  is_asleep = answers->is_asleep;
  answers->is_asleep = FALSE;
  g_mutex_unlock (&answers->lock);
  if (is_asleep)
    g_main_context_wakeup (context);
}

void
coord_db_answers_close (CoordDbAnswers *answers)
{
  look (answers, FALSE);
  if (answers->due.length == 0)
    g_source_destroy (&answers->source);
  answers->is_closed = TRUE;
  g_source_unref (&answers->source);
}
