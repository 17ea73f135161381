SELECT slot.id, slot.org, interviewer, person.name, title, slot.zone, starts_at, ends_at, capacity, taken
FROM slot JOIN person ON person.id = interviewer
WHERE slot.org = $1 AND (starts_at, slot.id) > ($2, $3) AND ends_at > $4 AND starts_at < $5
ORDER BY starts_at, slot.id LIMIT $6
