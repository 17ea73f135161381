#include "media/ent-call-rate.h"

#define FLOOR_KBIT 50.0
#define GROWTH 1.05
#define GOOD_LOSS 0.02
#define BAD_LOSS 0.10

typedef struct {
  double kbit;
  gboolean gets_video;
} Receiver;

struct _EntCallRate {
  GHashTable *receivers; /* peer id to Receiver */
};

EntCallRate *
ent_call_rate_new (void)
{
  EntCallRate *rate = g_new0 (EntCallRate, 1);

  rate->receivers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return rate;
}

void
ent_call_rate_free (EntCallRate *rate)
{
  g_hash_table_unref (rate->receivers);
  g_free (rate);
}

void
ent_call_rate_add (EntCallRate *rate, const char *peer_id)
{
  Receiver *receiver = g_new0 (Receiver, 1);

  receiver->kbit = ENT_CALL_RATE_START_KBIT;
  receiver->gets_video = TRUE;
  g_hash_table_replace (rate->receivers, g_strdup (peer_id), receiver);
}

void
ent_call_rate_remove (EntCallRate *rate, const char *peer_id)
{
  g_hash_table_remove (rate->receivers, peer_id);
}

void
ent_call_rate_report (EntCallRate *rate, const char *peer_id, double loss, guint kbit)
{
  Receiver *receiver = g_hash_table_lookup (rate->receivers, peer_id);

  if (receiver == NULL)
    return;
  loss = loss >= 0 ? MIN (loss, 1) : 0; /* also for what is not a number */
  /* A receiver that was sent less than its estimate proves nothing about a higher one. */
  if (loss < GOOD_LOSS && (!receiver->gets_video || kbit >= receiver->kbit / 2))
    receiver->kbit *= GROWTH;
  else if (loss > BAD_LOSS)
    receiver->kbit *= 1 - loss / 2;
  receiver->kbit = CLAMP (receiver->kbit, FLOOR_KBIT, ENT_CALL_RATE_MAX_KBIT);
  if (receiver->kbit < ENT_CALL_RATE_MIN_KBIT)
    receiver->gets_video = FALSE;
  else if (receiver->kbit > ENT_CALL_RATE_AGAIN_KBIT)
    receiver->gets_video = TRUE;
}

guint
ent_call_rate_get_kbit (EntCallRate *rate)
{
  double kbit = ENT_CALL_RATE_MAX_KBIT;
  gboolean has_receiver = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, rate->receivers);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Receiver *receiver = value;

    if (!receiver->gets_video)
      continue;
    has_receiver = TRUE;
    kbit = MIN (kbit, receiver->kbit);
  }
  return has_receiver ? (guint) kbit : ENT_CALL_RATE_START_KBIT;
}

guint
ent_call_rate_get_divisor (EntCallRate *rate)
{
  guint divisor = g_hash_table_size (rate->receivers) > 1 ? 2 : 1;

  return ent_call_rate_get_kbit (rate) < ENT_CALL_RATE_SLOW_KBIT ? divisor * 2 : divisor;
}

gboolean
ent_call_rate_gives_video (EntCallRate *rate, const char *peer_id)
{
  Receiver *receiver = g_hash_table_lookup (rate->receivers, peer_id);

  return receiver != NULL && receiver->gets_video;
}
