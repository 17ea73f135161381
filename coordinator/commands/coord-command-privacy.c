/* user erase and user export: what people may ask an operator for. */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "commands/coord-command.h"
#include "service/coord-erasure-service.h"
#include "service/coord-event.h"
#include "service/coord-export-service.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"

/* NULL with or without an error: there may be no account with the address. */
static CoordPerson *
find_person (CoordDb *db, const char *email, GError **error)
{
  g_autoptr (GError) failure = NULL;
  CoordPerson *person = coord_account_store_find_by_email (db, email, &failure);

  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&failure));
  return person;
}

gpointer
coord_command_erase_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = NULL;
  gboolean is_done;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error))
    return NULL;
  person = find_person (db, options->argument, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  is_done = person != NULL
              ? coord_erasure_service_erase (db, person->id, "operator", now_us, events, error)
              : coord_erasure_service_erase_address (db, options->argument, now_us, events, error);
  if (!is_done || !coord_events_record (db, events, error))
    return NULL;
  answer = coord_answer_new ();
  answer->id = person != NULL ? g_strdup (person->id) : NULL;
  answer->email = g_ascii_strdown (options->argument, -1);
  return answer;
}

/* A new file that its owner alone can read. */
static gboolean
write_new (const char *path, GBytes *bytes, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  gboolean is_written = fd >= 0;

  for (gsize at = 0; is_written && at < size;) {
    gssize count = write (fd, data + at, size - at);

    is_written = count > 0 || (count < 0 && errno == EINTR);
    at += MAX (count, 0);
  }
  if (!is_written)
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID, "Could not write '%s': %s", path,
      g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return is_written;
}

gpointer
coord_command_export_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (CoordPerson) person = NULL;
  g_autoptr (GBytes) archive = NULL;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error) ||
      !coord_command_need (options->to, "--to", error) ||
      (person = coord_account_store_find_by_email (db, options->argument, error)) == NULL ||
      (archive = coord_export_service_make (db, person->id, now_us, error)) == NULL ||
      !coord_audit_store_add (
        db, NULL, "operator", "account.export", person->id, "", now_us, error) ||
      !write_new (options->to, archive, error))
    return NULL;
  answer = coord_answer_new ();
  answer->id = g_strdup (person->id);
  answer->email = g_strdup (person->email);
  return answer;
}
