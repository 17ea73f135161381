#pragma once

#include "commands/coord-command.h"

G_BEGIN_DECLS

/* Joins the layers and serves until SIGTERM or SIGINT; returns the exit status. */
int coord_serve (const CoordOptions *options);

G_END_DECLS
