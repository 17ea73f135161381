#include "store/coord-error.h"

typedef struct {
  GPtrArray *free; /* EntApiFreeTime; NULL: none */
} CoordErrorPrivate;

static void
coord_error_private_init (CoordErrorPrivate *priv)
{
}

static void
coord_error_private_copy (const CoordErrorPrivate *from, CoordErrorPrivate *to)
{
  to->free = from->free != NULL ? g_ptr_array_ref (from->free) : NULL;
}

static void
coord_error_private_clear (CoordErrorPrivate *priv)
{
  g_clear_pointer (&priv->free, g_ptr_array_unref);
}

G_DEFINE_EXTENDED_ERROR (CoordError, coord_error)

void
coord_error_take_free (GError *error, GPtrArray *times)
{
  CoordErrorPrivate *priv = coord_error_get_private (error);

  g_clear_pointer (&priv->free, g_ptr_array_unref);
  priv->free = times;
}

GPtrArray *
coord_error_get_free (const GError *error)
{
  return error->domain == COORD_ERROR ? coord_error_get_private (error)->free : NULL;
}

/* In the order of the enumeration. */
static const struct {
  guint status;
  const char *code;
} errors[] = {
  { 500, "internal" },
  { 503, "unavailable" },
  { 507, "storage_full" },
  { 400, "invalid" },
  { 400, "unknown_field" },
  { 401, "not_signed_in" },
  { 401, "token_expired" },
  { 401, "wrong_password" },
  { 401, "wrong_code" },
  { 403, "sign_in_too_old" },
  { 403, "denied" },
  { 403, "registration_closed" },
  { 404, "not_found" },
  { 405, "method_not_allowed" },
  { 409, "conflict" },
  { 409, "slot_taken" },
  { 409, "overlap" },
  { 412, "changed" },
  { 428, "version_needed" },
  { 413, "too_large" },
  { 429, "too_fast" },
  { 403, "invitation_wrong" },
  { 403, "invitation_expired" },
  { 403, "invitation_closed" },
  { 403, "invitation_other_device" },
  { 403, "sign_in_ended" },
  { 403, "sign_in_denied" },
  { 403, "address_unverified" },
  { 409, "link_needed" },
  { 502, "provider_failed" },
  { 403, "link_ended" },
  { 403, "room_not_open" },
  { 410, "room_ended" },
  { 403, "room_full" },
  { 403, "removed" },
  { 422, "key_reused" },
  { 503, "no_runner" },
  { 421, "moved" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (errors) == COORD_ERROR_MOVED + 1);

static guint
get_index (const GError *error)
{
  return error->domain == COORD_ERROR && (guint) error->code < G_N_ELEMENTS (errors)
           ? (guint) error->code
           : COORD_ERROR_INTERNAL;
}

const char *
coord_error_get_code (const GError *error)
{
  return errors[get_index (error)].code;
}

guint
coord_error_get_status (const GError *error)
{
  return errors[get_index (error)].status;
}
