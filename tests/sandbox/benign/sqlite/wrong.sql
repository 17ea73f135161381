-- expect: runtime_error
-- errors: (?s).*no such table: missing.*
SELECT * FROM missing;
