-- prints: a|1|1
-- prints: a|2|3
-- prints: b|3|3
WITH v (k, n) AS (VALUES ('a', 1), ('a', 2), ('b', 3))
SELECT k, n, sum(n) OVER (PARTITION BY k ORDER BY n) FROM v ORDER BY k, n;
