#pragma once

#include "http/coord-router.h"

G_BEGIN_DECLS

/* The description of every route as OpenAPI 3.1, made from the table of routes and the fields of
 * the structs. JSON text; the caller owns it. */
char *coord_openapi_describe (CoordRouter *router);

G_END_DECLS
