-- The lobby of a room: who comes waits until somebody who leads lets them in. A token of somebody who
-- waits is good for waiting alone.

ALTER TABLE room ADD COLUMN lobby INTEGER NOT NULL DEFAULT 0;
ALTER TABLE participant ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE room_token ADD COLUMN waits INTEGER NOT NULL DEFAULT 0;
