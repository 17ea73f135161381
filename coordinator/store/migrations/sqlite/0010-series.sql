-- Which appointments were offered together, so that the rest of a series can be taken back in one go.

ALTER TABLE slot ADD COLUMN series TEXT; -- NULL: a single one
CREATE INDEX slot_series ON slot (series, starts_at) WHERE series IS NOT NULL;
