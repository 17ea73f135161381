#include "room/ent-room-policy.h"

#include <glib/gi18n-lib.h>

#include "document/ent-awareness.h"
#include "protocol/ent-limits.h"

static gboolean
may_use_client (guint64 client,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  gpointer data)
{
  const char *owner = find_owner (client, data);

  if (owner != NULL)
    return g_str_equal (owner, sender->participant);
  return client >= ENT_POLICY_FIRST_RANDOM_CLIENT;
}

/* In the room: neither removed nor in the lobby. */
static gboolean
is_in (const EntPolicySender *sender)
{
  return sender->participant != NULL && sender->state != ENT_PEER_REMOVED &&
         sender->state != ENT_PEER_LOBBY;
}

static gboolean
may_write (const EntPolicySender *sender)
{
  return is_in (sender) && ent_role_can_write (sender->role);
}

EntPolicyVerdict
ent_room_policy_check_update (EntDoc *doc,
  GBytes *update,
  gboolean is_live,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  gpointer data)
{
  g_autoptr (EntUpdateInfo) info = NULL;

  if (sender->room_ended)
    return ENT_POLICY_DROP_ENDED;
  if (!may_write (sender))
    return ENT_POLICY_DROP_ROLE;
  if (g_bytes_get_size (update) > (is_live ? ENT_MAX_UPDATE : ENT_MAX_STEP2))
    return ENT_POLICY_DROP_SIZE;
  info = ent_doc_inspect (doc, update, NULL);
  if (info == NULL)
    return ENT_POLICY_DROP_MALFORMED;
  if (!is_live)
    return ENT_POLICY_ACCEPT;
  for (guint i = 0; i < info->created->len; i++) {
    guint64 client = g_array_index (info->created, EntClockRange, i).client;

    if (!may_use_client (client, sender, find_owner, data))
      return ENT_POLICY_DROP_CLIENT;
  }
  return ENT_POLICY_ACCEPT;
}

GBytes *
ent_room_policy_trim_step2 (GBytes *update,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  EntPolicyIsHeard is_heard,
  gpointer data)
{
  g_autoptr (EntUpdateInfo) info = ent_update_inspect (update, NULL);
  g_autoptr (EntStateVector) known = ent_state_vector_new ();
  gboolean is_whole = TRUE;

  for (guint i = 0; info != NULL && i < info->created->len; i++) {
    guint64 client = g_array_index (info->created, EntClockRange, i).client;
    const char *owner = find_owner (client, data);

    if (g_strcmp0 (owner, sender->participant) == 0 || !is_heard (client, data))
      continue;
    ent_state_vector_set (known, client, G_MAXUINT32);
    is_whole = FALSE;
  }
  return is_whole ? g_bytes_ref (update) : ent_update_diff (update, known, NULL);
}

gboolean
ent_room_policy_check_awareness (GBytes *update,
  const EntPolicySender *sender,
  EntPolicyFindOwner find_owner,
  gpointer data)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (update, &size);
  g_autoptr (GArray) entries = NULL;

  if (!is_in (sender))
    return FALSE;
  entries = ent_awareness_inspect (bytes, size, NULL);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++) {
    guint64 client = g_array_index (entries, EntAwarenessEntry, i).client;

    if (!may_use_client (client, sender, find_owner, data))
      return FALSE;
  }
  return TRUE;
}

const char *
ent_room_policy_get_edit_refusal (EntRole role, gboolean edit_locked, gboolean room_ended)
{
  if (room_ended)
    return _ ("The interview has ended; nothing can be changed any more.");
  if (!ent_role_can_write (role))
    return _ ("You are an observer: you can read along, but not edit.");
  if (edit_locked && !ent_role_can_lead (role))
    return _ ("The interviewer has locked editing for the moment.");
  return NULL;
}
