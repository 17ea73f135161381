#pragma once

#include "store/coord-db.h"

/* The database pool of the fuzz targets, linked in place of the coordinator's: one connection and
 * no threads. What is asked for runs in the main loop's next turn, each in a savepoint, and nothing
 * is ever committed: all that an input wrote is gone with one ROLLBACK, and no disk is waited for.
 */

/* Begins the transaction that an input's work is in. */
void fuzz_pool_begin (CoordDbPool *pool);

/* Gives it up; nothing must be waiting. */
void fuzz_pool_roll_back (CoordDbPool *pool);
