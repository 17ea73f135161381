#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The configuration: one key file, checked as a whole at the start, never changed after. */

typedef enum {
  COORD_REGISTRATION_CLOSED, /* operators make accounts */
  COORD_REGISTRATION_INVITED, /* with an invitation into an organisation */
  COORD_REGISTRATION_OPEN,
} CoordRegistration;

typedef enum {
  COORD_ICE_ALL,
  COORD_ICE_RELAY, /* only relayed paths are offered and taken */
} CoordIcePolicy;

typedef enum {
  COORD_TLS_NONE, /* on this machine alone; a reverse proxy does it */
  COORD_TLS_OWN, /* with a certificate that this server makes itself */
} CoordTls;

typedef enum {
  COORD_PROVIDER_OIDC, /* OpenID Connect, found by discovery */
  COORD_PROVIDER_GITHUB, /* GitHub's own variant of OAuth */
} CoordProviderKind;

#define COORD_MAX_PROVIDERS 16
#define COORD_MAX_PROVIDER_NAME 32

/* Another service that people can sign in with: a section `[provider NAME]`. */
typedef struct {
  char *name; /* in addresses */
  CoordProviderKind kind;
  char *title; /* for people; NULL: the name */
  char *issuer; /* NULL: https://github.com */
  char *client_id;
  char *client_secret_file; /* NULL: none */
  char **scopes; /* none: what is needed */
  gboolean may_be_private; /* it is on this machine or in a private network */
  guint line; /* of the file */
} CoordProviderConfig;

typedef struct {
  char *listen;
  CoordTls tls;
  char **trusted_proxies; /* addresses and networks */
  char *database; /* "postgresql://..."; NULL: entrevue.db in the data folder */
  char *public_url; /* origin in links; NULL: the listening one */
  char *node_url; /* where clients reach this one of several; NULL: public_url */
  CoordRegistration registration;
  gboolean may_anyone_create_orgs; /* else site administrators only */
  gint64 room_opens_minutes; /* before the start, for candidates and observers */
  gint64 grace_minutes; /* after the planned end: invitations and room tokens end then */
  gint64 change_hours; /* before the start: until then candidates may move and cancel */
  gint64 record_days; /* after an interview its record is kept; 0: for ever */
  char *backup_folder; /* absolute, where backups asked for over HTTP go; NULL: there are none */
  gint64 backup_keep; /* so many finished ones stay there; 0: all */
  gboolean has_backup_secrets; /* they have the keys, too */
  char *smtp_url; /* NULL: no mail is sent */
  char *smtp_user;
  char *smtp_password_file;
  gboolean wants_smtp_tls; /* or it is not sent */
  char *mail_from; /* an address */
  char **stun_urls;
  char **turn_urls;
  char *turn_secret_file; /* NULL: DATA/secrets/turn-secret */
  CoordIcePolicy ice_policy;
  gboolean has_local_runner; /* the server starts a runner of its own */
  gint64 readers; /* database threads that read */
  gint64 max_connections;
  gint64 max_per_address;
  gint64 max_sockets;
  gint64 signin_per_account; /* per 15 minutes, as all four */
  gint64 signin_per_address;
  gint64 general_per_user;
  gint64 general_per_address;
  gint64 execute_per_user; /* per minute */
  gint64 sockets_per_address; /* new ones per minute */
  GPtrArray *providers; /* CoordProviderConfig */
  char *name; /* of the file, for what is said about it; NULL: the defaults */
  guint *lines; /* where in it each key stands, in their order; 0: nowhere */
} CoordConfig;

/* The defaults alone. */
CoordConfig *coord_config_new (void);

/* Reads a file: `[coordinator]` and lines `key = value`, then sections of providers; lists are
 * separated by spaces. NULL with an error that names file and line on an unknown section or key, a
 * key given twice or a value out of range. */
CoordConfig *coord_config_load (const char *path, GError **error);

/* The same from a text; name stands in errors. */
CoordConfig *coord_config_parse (const char *text, const char *name, GError **error);

/* What people call it, and who vouches for its people; borrowed. */
const char *coord_provider_config_get_title (const CoordProviderConfig *provider);
const char *coord_provider_config_get_issuer (const CoordProviderConfig *provider);

/* NULL when there is no such provider; borrowed. */
CoordProviderConfig *coord_config_find_provider (const CoordConfig *config, const char *name);

/* Whether the files with secrets that it names are there and not everybody's. FALSE with file and
 * line of the key, and what to do. What systemd hands to the running service alone
 * (/run/credentials) is looked at only by who is_serving. */
gboolean coord_config_check_files (const CoordConfig *config, gboolean is_serving, GError **error);

/* Where the database is, for coord_db_open(). The caller owns it. */
char *coord_config_get_place (const CoordConfig *config, const char *data_folder);

/* All keys with the values that would be used, one a line; no secrets. The caller owns it. */
char *coord_config_describe (const CoordConfig *config);

void coord_config_free (CoordConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordConfig, coord_config_free)

G_END_DECLS
