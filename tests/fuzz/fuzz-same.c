#include "fuzz-same.h"

#include <string.h>

/* What ld's --wrap makes of ent_id_new() and ent_secret_fill_random(). */
char *__wrap_ent_id_new (void);
void __wrap_ent_secret_fill_random (guint8 *data, gsize size);

static guint64 n_ids, n_fills;

char *
__wrap_ent_id_new (void)
{
  return g_strdup_printf ("00000000-0000-7000-8000-%012" G_GINT64_MODIFIER "x", ++n_ids);
}

void
__wrap_ent_secret_fill_random (guint8 *data, gsize size)
{
  n_fills++;
  memset (data, 0x5a, size);
  for (gsize i = 0; i < MIN (size, sizeof n_fills); i++)
    data[i] = n_fills >> 8 * i;
}

void
fuzz_same_begin (void)
{
  n_ids = n_fills = 0x1000;
}

static GLogWriterOutput
write_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) {
    g_log_writer_default (level, fields, n_fields, data);
    g_abort ();
  }
  return G_LOG_WRITER_HANDLED;
}

void
fuzz_same_set_up (void)
{
  g_log_set_writer_func (write_cb, NULL, NULL);
}

gboolean
fuzz_same_turn (void)
{
  return g_main_context_iteration (NULL, FALSE);
}

void
fuzz_same_settle (void)
{
  while (fuzz_same_turn ())
    continue;
}

gboolean
fuzz_same_is_text (const void *data, gsize size)
{
  const char *at = data != NULL ? data : "", *end = at + size;

  while (at < end) {
    const char *stop = memchr (at, '\0', end - at);

    if (stop == NULL)
      stop = end;
    if (!g_utf8_validate_len (at, stop - at, NULL))
      return FALSE;
    at = stop + 1;
  }
  return TRUE;
}

void
fuzz_same_check_interned (const void *data, gsize size)
{
  static GQuark n_known;
  gboolean is_first = n_known == 0;
  const char *name;

  while ((name = g_quark_to_string (n_known + 1)) != NULL) {
    n_known++;
    if (!is_first && memmem (data, size, name, strlen (name)) != NULL)
      g_error ("Interned for ever: %s", name);
  }
}
