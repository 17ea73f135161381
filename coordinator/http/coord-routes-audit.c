/* Reading the audit. Nothing here writes or removes an entry. */

#include "http/coord-routes.h"
#include "protocol/ent-api.h"
#include "protocol/ent-time.h"
#include "service/coord-audit-service.h"
#include "store/coord-error.h"

#define VERIFY_COUNT 6 /* of one caller: it reads the whole audit */
#define VERIFY_WINDOW_S 60

static gboolean
read_time (const CoordCall *call, const char *name, gint64 *time_us, GError **error)
{
  const char *text = coord_request_get_query (call->request, name);

  if (text == NULL || ent_time_parse (text, time_us))
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "'%s' must be a time such as 2026-03-29T01:30:00Z.", name);
  return FALSE;
}

static gpointer
list_audit (CoordCall *call, GError **error)
{
  CoordAuditSearch search = { .org_id = coord_request_get_query (call->request, "org"),
    .actor = coord_request_get_query (call->request, "actor"),
    .action = coord_request_get_query (call->request, "action"),
    .until_us = G_MAXINT64 };
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error) ||
      !read_time (call, "since", &search.since_us, error) ||
      !read_time (call, "until", &search.until_us, error))
    return NULL;
  search.limit = page.limit;
  return coord_audit_service_list (call->db, call->caller, &search, page.after, error);
}

static gpointer
verify (CoordCall *call, GError **error)
{
  const char *org_id = coord_request_get_query (call->request, "org");
  g_autoptr (CoordAuditProof) proof = NULL;
  EntApiAuditProof *answer;

  if (!coord_audit_service_check_reader (call->db, call->caller, org_id, error) ||
      (proof = coord_audit_service_verify (call->db, org_id, error)) == NULL)
    return NULL;
  answer = ent_api_audit_proof_new ();
  answer->entries = proof->rows;
  answer->waiting = proof->waiting;
  answer->head = g_steal_pointer (&proof->head);
  return answer;
}

static void
verified (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiAuditProof) answer = result;

  coord_request_reply (request, 200, &ent_api_audit_proof_struct, answer);
}

static void
verify_audit (CoordRequest *request, gpointer data)
{
  g_autofree char *subject =
    g_strconcat ("audit-verify:", coord_request_get_subject (request), NULL);

  if (coord_request_count (request, subject, VERIFY_COUNT, VERIFY_WINDOW_S))
    coord_request_work (
      request, FALSE, verify, (GDestroyNotify) ent_api_audit_proof_free, verified, NULL, NULL);
}

static const CoordRoute routes[] = {
  { "GET", "/api/audit", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_audit,
    .answer = &ent_api_audit_list_struct, .query = "org actor action since until" },
  { "GET", "/api/audit/verify", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = verify_audit,
    .answer = &ent_api_audit_proof_struct, .query = "org" },
};

void
coord_routes_add_audit (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
