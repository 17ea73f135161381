#include "http/coord-subjects.h"

#include <string.h>

#include "base/ent-secret.h"

typedef struct {
  guint64 id;
  GQueue uses; /* CoordSubject, the one that was used longest ago first */
  GPtrArray *heap; /* CoordSubject, the one that is over first on top */
} Kind;

struct _CoordSubject {
  Kind *kind;
  GList use; /* in uses */
  guint place; /* in heap */
  guint count;
  gint64 over_us;
  char name[];
};

struct _CoordSubjects {
  guint max;
  GPtrArray *kinds;
  GHashTable *by_name; /* CoordSubject.name -> CoordSubject */
};

/* Names: SipHash-1-3. The key is the process's, since a GHashFunc has no data. */

static guint64
rotate (guint64 value, guint bits)
{
  return value << bits | value >> (64 - bits);
}

static void
mix (guint64 *v)
{
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate (v[1], 13) ^ v[0];
  v[3] = rotate (v[3], 16) ^ v[2];
  v[0] = rotate (v[0], 32) + v[3];
  v[2] += v[1];
  v[3] = rotate (v[3], 21) ^ v[0];
  v[1] = rotate (v[1], 17) ^ v[2];
  v[2] = rotate (v[2], 32);
}

static void
take_word (guint64 *v, guint64 word)
{
  v[3] ^= word;
  mix (v);
  v[0] ^= word;
}

static guint
hash_name (gconstpointer name)
{
  static guint64 key[2];
  static gsize is_drawn = 0;
  gsize size = strlen (name), at = 0;
  guint64 word = 0;

  if (g_once_init_enter (&is_drawn)) {
    ent_secret_fill_random (key, sizeof key);
    g_once_init_leave (&is_drawn, 1);
  }
  guint64 v[] = { key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
    key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573 };
  for (; size - at >= sizeof word; at += sizeof word) {
    memcpy (&word, (const char *) name + at, sizeof word);
    take_word (v, word);
  }
  word = 0;
  memcpy (&word, (const char *) name + at, size - at);
  take_word (v, word | (guint64) size << 56);
  v[2] ^= 0xff;
  for (guint i = 0; i < 3; i++)
    mix (v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Heaps. */

static CoordSubject *
get_at (const Kind *kind, guint place)
{
  return g_ptr_array_index (kind->heap, place);
}

static void
put_at (Kind *kind, guint place, CoordSubject *subject)
{
  kind->heap->pdata[place] = subject;
  subject->place = place;
}

/* Moves a subject whose time has changed, or that was put in another's place, to where it belongs.
 */
static void
settle (Kind *kind, CoordSubject *subject)
{
  guint place = subject->place;

  while (place > 0 && get_at (kind, (place - 1) / 2)->over_us > subject->over_us) {
    put_at (kind, place, get_at (kind, (place - 1) / 2));
    place = (place - 1) / 2;
  }
  for (guint child = 2 * place + 1; child < kind->heap->len; child = 2 * place + 1) {
    if (child + 1 < kind->heap->len &&
        get_at (kind, child + 1)->over_us < get_at (kind, child)->over_us)
      child++;
    if (get_at (kind, child)->over_us >= subject->over_us)
      break;
    put_at (kind, place, get_at (kind, child));
    place = child;
  }
  put_at (kind, place, subject);
}

/* The table. */

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  g_ptr_array_unref (kind->heap);
  g_free (kind);
}

CoordSubjects *
coord_subjects_new (guint max)
{
  CoordSubjects *subjects = g_new0 (CoordSubjects, 1);

  subjects->max = max;
  subjects->kinds = g_ptr_array_new_with_free_func (kind_free);
  subjects->by_name = g_hash_table_new_full (hash_name, g_str_equal, NULL, g_free);
  return subjects;
}

void
coord_subjects_free (CoordSubjects *subjects)
{
  g_hash_table_unref (subjects->by_name);
  g_ptr_array_unref (subjects->kinds);
  g_free (subjects);
}

static Kind *
ensure_kind (CoordSubjects *subjects, guint64 id)
{
  Kind *kind;

  for (guint i = 0; i < subjects->kinds->len; i++) {
    kind = g_ptr_array_index (subjects->kinds, i);
    if (kind->id == id)
      return kind;
  }
  kind = g_new0 (Kind, 1);
  kind->id = id;
  kind->heap = g_ptr_array_new ();
  g_ptr_array_add (subjects->kinds, kind);
  return kind;
}

static void
forget (CoordSubjects *subjects, CoordSubject *subject)
{
  Kind *kind = subject->kind;
  CoordSubject *last = get_at (kind, kind->heap->len - 1);

  g_queue_unlink (&kind->uses, &subject->use);
  g_ptr_array_set_size (kind->heap, kind->heap->len - 1);
  if (last != subject) {
    last->place = subject->place;
    settle (kind, last);
  }
  g_hash_table_remove (subjects->by_name, subject->name);
}

/* The one that a full table loses least by. */
static CoordSubject *
choose (CoordSubjects *subjects, gint64 now_us)
{
  Kind *largest = g_ptr_array_index (subjects->kinds, 0);

  for (guint i = 0; i < subjects->kinds->len; i++) {
    Kind *kind = g_ptr_array_index (subjects->kinds, i);

    if (kind->heap->len > 0 && get_at (kind, 0)->over_us <= now_us)
      return get_at (kind, 0);
    if (kind->heap->len > largest->heap->len)
      largest = kind;
  }
  return g_queue_peek_head (&largest->uses);
}

CoordSubject *
coord_subjects_find (CoordSubjects *subjects, const char *name)
{
  CoordSubject *subject = g_hash_table_lookup (subjects->by_name, name);

  if (subject != NULL) {
    g_queue_unlink (&subject->kind->uses, &subject->use);
    g_queue_push_tail_link (&subject->kind->uses, &subject->use);
  }
  return subject;
}

CoordSubject *
coord_subjects_ensure (CoordSubjects *subjects, guint64 kind_id, const char *name, gint64 now_us)
{
  CoordSubject *subject = coord_subjects_find (subjects, name);
  Kind *kind;

  if (subject != NULL)
    return subject;
  if (g_hash_table_size (subjects->by_name) >= subjects->max)
    forget (subjects, choose (subjects, now_us));
  kind = ensure_kind (subjects, kind_id);
  subject = g_malloc0 (sizeof *subject + strlen (name) + 1);
  strcpy (subject->name, name);
  subject->kind = kind;
  subject->use.data = subject;
  subject->over_us = now_us;
  subject->place = kind->heap->len;
  g_queue_push_tail_link (&kind->uses, &subject->use);
  g_ptr_array_add (kind->heap, subject);
  settle (kind, subject);
  g_hash_table_insert (subjects->by_name, subject->name, subject);
  return subject;
}

void
coord_subjects_remove (CoordSubjects *subjects, const char *name)
{
  CoordSubject *subject = g_hash_table_lookup (subjects->by_name, name);

  if (subject != NULL)
    forget (subjects, subject);
}

guint
coord_subjects_get_size (CoordSubjects *subjects)
{
  return g_hash_table_size (subjects->by_name);
}

gint64
coord_subject_get_over_us (const CoordSubject *subject)
{
  return subject->over_us;
}

void
coord_subject_set_over_us (CoordSubject *subject, gint64 over_us)
{
  subject->over_us = over_us;
  settle (subject->kind, subject);
}

guint
coord_subject_get_count (const CoordSubject *subject)
{
  return subject->count;
}

void
coord_subject_set_count (CoordSubject *subject, guint count)
{
  subject->count = count;
}
