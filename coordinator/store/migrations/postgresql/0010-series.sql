-- Which appointments were offered together, so that the rest of a series can be taken back in one go.

-- NULL: a single one.
ALTER TABLE slot ADD COLUMN series plain_text;
CREATE INDEX slot_series ON slot (series, starts_at) WHERE series IS NOT NULL;
