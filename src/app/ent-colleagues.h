#pragma once

#include "client/ent-client.h"
#include "protocol/ent-api-people.h"

G_BEGIN_DECLS

/* Asks for everybody whose appointments the person may offer in an organisation, page by page;
 * after 5000 of them it is enough. Fails like ent_client_call_async(). */
void ent_colleagues_list_async (EntClient *client,
  const char *org,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data);

/* A GPtrArray of EntApiColleague, in no order; NULL with the error. The caller owns it. */
GPtrArray *ent_colleagues_list_finish (GAsyncResult *result, GError **error);

G_END_DECLS
