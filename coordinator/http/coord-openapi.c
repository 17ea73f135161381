#include "config.h"

#include "http/coord-openapi.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "protocol/ent-api.h"

static void
set_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

static void
set_number (JsonBuilder *builder, const char *name, gint64 number)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, number);
}

static void
begin (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

/* Without the prefix that says where the struct belongs in C. */
static const char *
get_name (const EntStruct *type)
{
  return g_str_has_prefix (type->name, "EntApi") ? type->name + strlen ("EntApi") : type->name;
}

static void
add_reference (JsonBuilder *builder, const EntStruct *type)
{
  g_autofree char *reference = g_strconcat ("#/components/schemas/", get_name (type), NULL);

  set_text (builder, "$ref", reference);
}

/* Schemas. */

static void
add_list (JsonBuilder *builder, const EntField *field, const char *item_type)
{
  set_text (builder, "type", "array");
  set_number (builder, "maxItems", field->max);
  begin (builder, "items");
  if (item_type != NULL)
    set_text (builder, "type", item_type);
  else
    add_reference (builder, field->of);
  json_builder_end_object (builder);
}

static void
add_text (JsonBuilder *builder, const char *format, const char *encoding, gint64 max)
{
  set_text (builder, "type", "string");
  if (format != NULL)
    set_text (builder, "format", format);
  if (encoding != NULL)
    set_text (builder, "contentEncoding", encoding);
  if (max > 0)
    set_number (builder, "maxLength", max);
}

static void
add_nicks (JsonBuilder *builder, const EntField *field)
{
  set_text (builder, "type", "string");
  json_builder_set_member_name (builder, "enum");
  json_builder_begin_array (builder);
  for (guint i = 0; field->nicks[i] != NULL; i++)
    json_builder_add_string_value (builder, field->nicks[i]);
  json_builder_end_array (builder);
}

static void
add_field (JsonBuilder *builder, const EntField *field)
{
  begin (builder, field->name);
  switch (field->type) {
  case ENT_FIELD_STRING:
    add_text (builder, NULL, NULL, field->max);
    break;
  case ENT_FIELD_ID:
    add_text (builder, "uuid", NULL, 0);
    break;
  case ENT_FIELD_TIME:
    add_text (builder, "date-time", NULL, 0);
    break;
  case ENT_FIELD_BYTES:
    add_text (builder, NULL, "base64", 0);
    break;
  case ENT_FIELD_ENUM:
    add_nicks (builder, field);
    break;
  case ENT_FIELD_INT:
    set_text (builder, "type", "integer");
    set_number (builder, "minimum", (field->flags & ENT_SIGNED) != 0 ? -field->max : 0);
    set_number (builder, "maximum", field->max);
    break;
  case ENT_FIELD_BOOL:
    set_text (builder, "type", "boolean");
    break;
  case ENT_FIELD_DOUBLE:
    set_text (builder, "type", "number");
    break;
  case ENT_FIELD_STRINGS:
    add_list (builder, field, "string");
    break;
  case ENT_FIELD_INTS:
    add_list (builder, field, "integer");
    break;
  case ENT_FIELD_OBJECT:
    add_reference (builder, field->of);
    break;
  case ENT_FIELD_LIST:
    add_list (builder, field, NULL);
    break;
  }
  json_builder_end_object (builder);
}

static void
add_schema (JsonBuilder *builder, const EntStruct *type)
{
  begin (builder, get_name (type));
  set_text (builder, "type", "object");
  json_builder_set_member_name (builder, "required");
  json_builder_begin_array (builder);
  for (guint i = 0; i < type->n_fields; i++)
    if ((type->fields[i].flags & ENT_REQUIRED) != 0)
      json_builder_add_string_value (builder, type->fields[i].name);
  json_builder_end_array (builder);
  begin (builder, "properties");
  for (guint i = 0; i < type->n_fields; i++)
    add_field (builder, &type->fields[i]);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

/* Every struct that a route names, and those within them, once each. */
static void
collect (GPtrArray *types, const EntStruct *type)
{
  if (type == NULL || g_ptr_array_find (types, type, NULL))
    return;
  g_ptr_array_add (types, (gpointer) type);
  for (guint i = 0; i < type->n_fields; i++)
    collect (types, type->fields[i].of);
}

/* Routes. */

/* type: NULL for what is no JSON. */
static void
add_content (JsonBuilder *builder, const char *media_type, const EntStruct *type)
{
  begin (builder, "content");
  begin (builder, media_type);
  if (type != NULL) {
    begin (builder, "schema");
    add_reference (builder, type);
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_parameter (JsonBuilder *builder,
  const char *name,
  const char *in,
  const char *type,
  gboolean is_required)
{
  json_builder_begin_object (builder);
  set_text (builder, "name", name);
  set_text (builder, "in", in);
  json_builder_set_member_name (builder, "required");
  json_builder_add_boolean_value (builder, is_required);
  begin (builder, "schema");
  set_text (builder, "type", type);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_parameters (JsonBuilder *builder, const CoordRoute *route)
{
  g_auto (GStrv) segments = g_strsplit (route->path, "/", -1);
  g_auto (GStrv) names = route->query != NULL ? g_strsplit (route->query, " ", -1) : NULL;

  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_array (builder);
  for (guint i = 0; segments[i] != NULL; i++) {
    g_autofree char *name = NULL;

    if (*segments[i] != '{')
      continue;
    name = g_strndup (segments[i] + 1, strlen (segments[i]) - 2);
    add_parameter (builder, name, "path", "string", TRUE);
  }
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    add_parameter (builder, names[i], "query", "string", FALSE);
  if (coord_route_is_list (route)) {
    add_parameter (builder, "limit", "query", "integer", FALSE);
    add_parameter (builder, "after", "query", "string", FALSE);
  }
  if (route->is_versioned)
    add_parameter (builder, "If-Match", "header", "string", TRUE);
  json_builder_end_array (builder);
}

static guint
get_status (const CoordRoute *route)
{
  if (route->status != 0)
    return route->status;
  if (route->limit == COORD_LIMIT_SOCKET)
    return 101;
  return route->answer != NULL || route->service == NULL ? 200 : 204;
}

static const char *
describe_status (guint status)
{
  switch (status) {
  case 101:
    return "The connection is a WebSocket now";
  case 204:
    return "Done; no body";
  case 302:
    return "To another page; no body";
  default:
    return "The answer";
  }
}

static void
add_answers (JsonBuilder *builder, const CoordRoute *route)
{
  guint status = get_status (route);
  g_autofree char *code = g_strdup_printf ("%u", status);

  begin (builder, "responses");
  begin (builder, code);
  set_text (builder, "description", describe_status (status));
  if (route->answer != NULL)
    add_content (builder, "application/json", route->answer);
  else if (route->media_type != NULL)
    add_content (builder, route->media_type, NULL);
  json_builder_end_object (builder);
  if (route->later != NULL) {
    begin (builder, "202");
    set_text (builder, "description", "Begun; asked for by Prefer: respond-async or ?async=1");
    add_content (builder, "application/json", route->later);
    json_builder_end_object (builder);
  }
  begin (builder, "default");
  if (route->refuse != NULL) {
    set_text (builder, "description", "A page that says why; nothing was changed");
    add_content (builder, "text/html", NULL);
  } else {
    set_text (builder, "description", "A problem (RFC 9457); nothing was changed");
    add_content (builder, "application/problem+json", &ent_api_problem_struct);
  }
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_security (JsonBuilder *builder, const CoordRoute *route)
{
  json_builder_set_member_name (builder, "security");
  json_builder_begin_array (builder);
  if (route->caller != COORD_CALLER_ANY) {
    json_builder_begin_object (builder); /* nobody may call too */
    json_builder_end_object (builder);
  }
  if (route->caller != COORD_CALLER_NONE) {
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "access");
    json_builder_begin_array (builder);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  if (route->scope != NULL) {
    json_builder_begin_object (builder);
    json_builder_set_member_name (builder, "key");
    json_builder_begin_array (builder);
    json_builder_add_string_value (builder, route->scope);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_route (JsonBuilder *builder, const CoordRoute *route)
{
  static const char *limits[] = { "free", "general", "signin", "execute", "socket" };
  g_autofree char *method = g_ascii_strdown (route->method, -1);

  begin (builder, method);
  add_parameters (builder, route);
  add_security (builder, route);
  set_text (builder, "x-limit-class", limits[route->limit]);
  if (route->body != NULL) {
    begin (builder, "requestBody");
    add_content (builder, route->is_form ? "application/x-www-form-urlencoded" : "application/json",
      route->body);
    json_builder_end_object (builder);
  }
  add_answers (builder, route);
  json_builder_end_object (builder);
}

/* The routes of one path stand together. */
static void
add_paths (JsonBuilder *builder, CoordRouter *router)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = coord_router_count (router);

  begin (builder, "paths");
  for (guint i = 0; i < n; i++) {
    const char *path = coord_router_get (router, i)->path;

    if (!g_hash_table_add (seen, (gpointer) path))
      continue;
    begin (builder, path);
    for (guint k = i; k < n; k++)
      if (strcmp (coord_router_get (router, k)->path, path) == 0)
        add_route (builder, coord_router_get (router, k));
    json_builder_end_object (builder);
  }
  json_builder_end_object (builder);
}

static void
add_components (JsonBuilder *builder, CoordRouter *router)
{
  g_autoptr (GPtrArray) types = g_ptr_array_new ();

  collect (types, &ent_api_problem_struct);
  for (guint i = 0; i < coord_router_count (router); i++) {
    collect (types, coord_router_get (router, i)->body);
    collect (types, coord_router_get (router, i)->answer);
    collect (types, coord_router_get (router, i)->later);
  }
  begin (builder, "components");
  begin (builder, "schemas");
  for (guint i = 0; i < types->len; i++)
    add_schema (builder, types->pdata[i]);
  json_builder_end_object (builder);
  begin (builder, "securitySchemes");
  begin (builder, "access");
  set_text (builder, "type", "http");
  set_text (builder, "scheme", "bearer");
  set_text (builder, "bearerFormat", "JWT");
  json_builder_end_object (builder);
  begin (builder, "key");
  set_text (builder, "type", "apiKey");
  set_text (builder, "in", "header");
  set_text (builder, "name", "X-API-Key");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

char *
coord_openapi_describe (CoordRouter *router)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  set_text (builder, "openapi", "3.1.0");
  begin (builder, "info");
  set_text (builder, "title", "Entrevue coordinator");
  set_text (builder, "version", ENT_VERSION);
  json_builder_end_object (builder);
  add_paths (builder, router);
  add_components (builder, router);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
