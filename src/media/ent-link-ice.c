#include <nice/agent.h>

#include "media/ent-link-private.h"
#include "media/ent-media.h"
#include "media/ent-pipeline.h"

/* A relay that does not answer keeps its ports until its own time is over. */
#define RELEASE_TIMEOUT_MS 2000

typedef struct {
  EntLinkPath path;
  char *remote_address;
} Selected;

static void
free_selected (gpointer data)
{
  Selected *selected = data;

  g_free (selected->remote_address);
  g_free (selected);
}

static void
pair_selected (gpointer object, gpointer data)
{
  EntLink *link = object;
  Selected *selected = data;

  link->has_path = TRUE;
  link->path = selected->path;
  g_free (link->remote_address);
  link->remote_address = g_steal_pointer (&selected->remote_address);
}

static EntCandidateType
get_candidate_type (const NiceCandidate *candidate)
{
  switch (candidate->type) {
  case NICE_CANDIDATE_TYPE_HOST:
    return ENT_CANDIDATE_HOST;
  case NICE_CANDIDATE_TYPE_SERVER_REFLEXIVE:
  case NICE_CANDIDATE_TYPE_PEER_REFLEXIVE:
    return ENT_CANDIDATE_REFLEXIVE;
  case NICE_CANDIDATE_TYPE_RELAYED:
    return ENT_CANDIDATE_RELAYED;
  }
  return ENT_CANDIDATE_UNKNOWN;
}

/* On libnice's thread: the candidates are its own, only here may they be read. */
static void
selected_pair_cb (NiceAgent *agent,
  guint stream,
  guint component,
  NiceCandidate *local,
  NiceCandidate *remote,
  gpointer data)
{
  Selected *selected = g_new0 (Selected, 1);
  char address[NICE_ADDRESS_STRING_LEN];

  nice_address_to_string (&remote->addr, address);
  selected->path.local = get_candidate_type (local);
  selected->path.remote = get_candidate_type (remote);
  selected->remote_address =
    g_strdup_printf ("%s %u", address, nice_address_get_port (&remote->addr));
  ent_hop_post (data, pair_selected, selected, free_selected);
}

static void
unref_hop (gpointer data, GClosure *closure)
{
  ent_hop_unref (data);
}

static gboolean
add_servers (EntLink *link, GError **error)
{
  const char *stun = ent_ice_config_get_stun_uri (link->ice);
  const char *const *turn = ent_ice_config_get_turn_uris (link->ice);

  if (stun != NULL)
    g_object_set (link->webrtc, "stun-server", stun, NULL);
  for (gsize i = 0; turn[i] != NULL; i++) {
    gboolean is_added = FALSE;

    g_signal_emit_by_name (link->webrtc, "add-turn-server", turn[i], &is_added);
    if (!is_added) {
      g_set_error_literal (
        error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FAILED, "a call server's address is not accepted");
      return FALSE;
    }
  }
  if (ent_ice_config_get_policy (link->ice) == ENT_ICE_POLICY_RELAY)
    g_object_set (
      link->webrtc, "ice-transport-policy", GST_WEBRTC_ICE_TRANSPORT_POLICY_RELAY, NULL);
  return TRUE;
}

gboolean
ent_link_ice_connect (EntLink *link, GError **error)
{
  g_object_get (link->webrtc, "ice-agent", &link->ice_object, NULL);
  if (link->ice_object != NULL)
    g_object_get (link->ice_object, "agent", &link->agent, NULL);
  if (link->agent != NULL) {
    /* Else it multicasts for routers at each link. */
    g_object_set (link->agent, "upnp", FALSE, NULL);
    g_signal_connect_data (link->agent, "new-selected-pair-full", G_CALLBACK (selected_pair_cb),
      ent_hop_ref (link->hop), unref_hop, 0);
  }
  return link->ice == NULL || add_servers (link, error);
}

/* What is needed to give relays back: the agent, and the object whose thread runs it. */
typedef struct {
  GObject *ice_object;
  NiceAgent *agent;
} Release;

static gboolean
release_took_too_long_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
agent_closed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GMainLoop) loop = data;

  g_main_loop_quit (loop);
}

static void
close_agent (NiceAgent *agent)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (context, FALSE);
  g_autoptr (GSource) timeout = g_timeout_source_new (RELEASE_TIMEOUT_MS);

  g_main_context_push_thread_default (context);
  g_source_set_callback (timeout, release_took_too_long_cb, loop, NULL);
  g_source_attach (timeout, context);
  nice_agent_close_async (agent, agent_closed_cb, g_main_loop_ref (loop));
  g_main_loop_run (loop);
  g_source_destroy (timeout);
  g_main_context_pop_thread_default (context);
}

/* In the thread that ends the pipeline, before: a relay's port is given back by a request and its
 * answer, which only a running pipeline reads, and webrtcbin does not do it. */
static gpointer
release_relays (gpointer data)
{
  Release *release = data;

  close_agent (release->agent);
  g_object_unref (release->agent);
  g_object_unref (release->ice_object);
  g_free (release);
  return NULL;
}

void
ent_link_ice_end (EntLink *link)
{
  Release *release = NULL;

  if (link->agent != NULL && link->ice != NULL &&
      ent_ice_config_get_turn_uris (link->ice)[0] != NULL) {
    release = g_new0 (Release, 1);
    release->ice_object = g_steal_pointer (&link->ice_object);
    release->agent = g_steal_pointer (&link->agent);
  }
  g_clear_object (&link->agent);
  g_clear_object (&link->ice_object);
  ent_pipeline_tear_down (
    g_steal_pointer (&link->pipeline), release != NULL ? release_relays : NULL, release);
}

gboolean
ent_link_get_path (EntLink *link, EntLinkPath *path)
{
  g_return_val_if_fail (ENT_IS_LINK (link), FALSE);
  if (!ent_link_is_live (link) || !link->has_path)
    return FALSE;
  *path = link->path;
  /* An address that was seen before its candidate came counts as reflexive with libnice. */
  if (g_hash_table_contains (link->relay_addresses, link->remote_address))
    path->remote = ENT_CANDIDATE_RELAYED;
  return TRUE;
}

gboolean
ent_link_path_is_relayed (const EntLinkPath *path)
{
  return path->local == ENT_CANDIDATE_RELAYED || path->remote == ENT_CANDIDATE_RELAYED;
}
