#include "service/coord-audit-service.h"

#include <string.h>

#include "service/coord-permission.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"

#define BATCH 500

static void
hash_text (GChecksum *checksum, const char *text)
{
  g_autofree char *length = g_strdup_printf ("%zu:", text != NULL ? strlen (text) : 0);

  g_checksum_update (checksum, (const guchar *) length, -1);
  if (text != NULL)
    g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_update (checksum, (const guchar *) ";", 1);
}

static char *
hash_row (const char *before, const CoordAuditRow *row)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *seq = g_strdup_printf ("%" G_GINT64_FORMAT, row->seq);
  g_autofree char *at = g_strdup_printf ("%" G_GINT64_FORMAT, row->at_us);
  const char *texts[] = { before, seq, at, row->org_id, row->actor, row->action, row->subject,
    row->detail };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    hash_text (checksum, texts[i]);
  return g_strdup (g_checksum_get_string (checksum));
}

gint64
coord_audit_service_chain (CoordDb *db, const char *org_id, gint64 now_us, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *head = coord_audit_store_find_head (db, org_id, &failure);
  g_autoptr (GPtrArray) rows =
    failure == NULL ? coord_audit_store_list_waiting (db, org_id, BATCH, &failure) : NULL;

  for (guint i = 0; rows != NULL && i < rows->len && failure == NULL; i++) {
    const CoordAuditRow *row = rows->pdata[i];
    char *chain = hash_row (head, row);

    g_free (head);
    head = chain;
    coord_audit_store_set_chain (db, row->seq, chain, &failure);
  }
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return -1;
  }
  return rows->len == BATCH ? now_us : 0;
}

void
coord_audit_proof_free (CoordAuditProof *proof)
{
  g_free (proof->org_id);
  g_free (proof->head);
  g_free (proof);
}

static gboolean
verify_row (CoordAuditProof *proof, const CoordAuditRow *row, GError **error)
{
  g_autofree char *chain = hash_row (proof->head, row);
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (row->at_us / G_USEC_PER_SEC);
  g_autofree char *time = at != NULL ? g_date_time_format (at, "%F %T UTC") : g_strdup ("?");

  proof->rows++;
  if (row->chain == NULL) {
    proof->waiting++;
    return TRUE;
  }
  /* Hashes are given in order: none can follow a row that has none. */
  if (proof->waiting == 0 && strcmp (chain, row->chain) == 0) {
    g_free (proof->head);
    proof->head = g_steal_pointer (&chain);
    return TRUE;
  }
  g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT,
    "The audit was changed: entry %" G_GINT64_FORMAT " (%s) of %s does not follow from those "
    "before it. Compare with a backup.",
    row->seq, time, *proof->org_id != '\0' ? proof->org_id : "the installation");
  return FALSE;
}

CoordAuditProof *
coord_audit_service_verify (CoordDb *db, const char *org_id, GError **error)
{
  g_autoptr (CoordAuditProof) proof = g_new0 (CoordAuditProof, 1);
  gint64 after = 0;
  guint count = BATCH;

  proof->org_id = g_strdup (org_id != NULL ? org_id : "");
  while (count == BATCH) {
    g_autoptr (GPtrArray) rows = coord_audit_store_list (db, org_id, after, BATCH, error);

    if (rows == NULL)
      return NULL;
    for (guint i = 0; i < rows->len; i++) {
      const CoordAuditRow *row = rows->pdata[i];

      if (!verify_row (proof, row, error))
        return NULL;
      after = row->seq;
    }
    count = rows->len;
  }
  return g_steal_pointer (&proof);
}

/* Reading. */

gboolean
coord_audit_service_check_reader (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  GError **error)
{
  g_autoptr (CoordPerson) person = NULL;

  if (org_id != NULL && *org_id != '\0')
    return coord_permission_check_org (db, caller, COORD_ACTION_AUDIT, org_id, error);
  person = coord_account_store_find (db, caller->user_id, error);
  if (person == NULL)
    return FALSE;
  if (person->is_site_admin)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_DENIED,
    "Only site administrators can read the audit of the installation. That of an organisation "
    "is at ?org=ID.");
  return FALSE;
}

static EntApiAuditEntry *
describe (const CoordAuditRow *row)
{
  EntApiAuditEntry *entry = ent_api_audit_entry_new ();

  entry->seq = row->seq;
  entry->at = row->at_us;
  entry->actor = g_strdup (row->actor);
  entry->action = g_strdup (row->action);
  entry->subject = g_strdup (row->subject);
  entry->detail = g_strdup (row->detail);
  entry->chain = g_strdup (row->chain);
  return entry;
}

EntApiAuditList *
coord_audit_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordAuditSearch *search,
  const char *after,
  GError **error)
{
  CoordAuditSearch from_here = *search;
  g_autoptr (GPtrArray) rows = NULL;
  EntApiAuditList *list;

  from_here.before_seq = *after != '\0' ? g_ascii_strtoll (after, NULL, 10) : G_MAXINT64;
  if (!coord_audit_service_check_reader (db, caller, search->org_id, error) ||
      (rows = coord_audit_store_search (db, &from_here, error)) == NULL)
    return NULL;
  list = ent_api_audit_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_audit_entry_free);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (list->items, describe (rows->pdata[i]));
  if (rows->len == search->limit)
    list->next =
      g_strdup_printf ("%" G_GINT64_FORMAT, ((CoordAuditRow *) rows->pdata[rows->len - 1])->seq);
  return list;
}
