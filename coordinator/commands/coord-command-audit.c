#include "commands/coord-command.h"
#include "service/coord-audit-service.h"

static gboolean
add_proof (CoordDb *db,
  const char *org_id,
  CoordVerified *verified,
  GStrvBuilder *heads,
  GError **error)
{
  g_autoptr (CoordAuditProof) proof = coord_audit_service_verify (db, org_id, error);

  if (proof == NULL)
    return FALSE;
  verified->organisations++;
  verified->entries += proof->rows;
  verified->waiting += proof->waiting;
  if (proof->head != NULL) {
    g_autofree char *head =
      g_strconcat (*org_id != '\0' ? org_id : "installation", " ", proof->head, NULL);

    g_strv_builder_add (heads, head);
  }
  return TRUE;
}

gpointer
coord_command_verify_audit (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_auto (GStrv) orgs = coord_audit_store_list_orgs (db, error);
  g_autoptr (GStrvBuilder) heads = g_strv_builder_new ();
  g_autoptr (CoordVerified) verified = coord_verified_new ();

  for (guint i = 0; orgs != NULL && orgs[i] != NULL; i++)
    if (!add_proof (db, orgs[i], verified, heads, error))
      return NULL;
  verified->heads = g_strv_builder_end (heads);
  return orgs != NULL ? g_steal_pointer (&verified) : NULL;
}
