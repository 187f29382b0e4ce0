package matcher

import (
	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/rules"
)

// packQueries are what brand packs promise. A pass and what it opens are told one after the other, so that a second may lie
// between them.
func packQueries() []finding.Query {
	book := rules.V1().Packs
	return []finding.Query{
		{Name: "begun_seats_passed_the_quiz", Counted: `select count(*) from matcher.assignment where checked_in_at is not null`, Broken: `
			select a.id::text, format('agent %s began at %s; the quiz of version %s was asked for and not passed', a.agent_id, a.checked_in_at, n.needed)
			from matcher.assignment a join matcher.shift s on s.id = a.shift_id
			cross join lateral (select matcher.pack_needed(s.shop_id, a.starts_at - $1::interval) as needed) n
			where a.checked_in_at is not null and n.needed > 0 and s.shop_id in (select shop_id from matcher.pack)
				and not exists (select from matcher.pack_pass p where p.agent_id = a.agent_id and p.shop_id = s.shop_id and p.version >= n.needed
					and p.passed_at <= a.checked_in_at + $2::interval)`, Args: []any{book.Notice, auditSlack}},
		{
			Name: "unpassed_seats_were_released", Counted: countUnstarted, Broken: `
			select a.id::text, format('agent %s holds it, %s before the start; the quiz of version %s is not passed', a.agent_id, a.starts_at - platform.rules_now(), n.needed)
			from matcher.assignment a join matcher.shift s on s.id = a.shift_id
			cross join lateral (select matcher.pack_needed(s.shop_id, a.starts_at - $1::interval) as needed) n
			where a.state = 'held' and a.starts_at <= platform.rules_now() + $2::interval - $3::interval and n.needed > 0
				and not exists (select from matcher.pack_pass p where p.agent_id = a.agent_id and p.shop_id = s.shop_id and p.version >= n.needed)`,
			Args: []any{book.Notice, book.Deadline, auditSlack},
		},
		{Name: "pack_releases_withdrew_their_seats", Counted: `select count(*) from matcher.pack_release`, Broken: `
			select r.assignment_id::text, format('%s, of agent %s', a.state, a.agent_id) from matcher.pack_release r left join matcher.assignment a on a.id = r.assignment_id
			where a.state is distinct from 'withdrawn' or a.agent_id <> r.agent_id or a.checked_in_at is not null`, Args: nil},
		{Name: "packs_come_into_force_in_order", Counted: `select count(*) from matcher.pack`, Broken: `
			select shop_id::text || '/' || version, format('in force from %s, the one before from %s', since, before) from (
				select k.*, lag(since) over (partition by shop_id order by version) as before from matcher.pack k) k where before > since`, Args: nil},
		{Name: "packs_are_as_told", Counted: `select count(*) from matcher.pack`, Broken: `
			select k.shop_id::text || '/' || k.version, 'no fact says so' from matcher.pack k
			where not exists (select from platform.fact f where f.type = $1 and f.aggregate = k.shop_id
				and (convert_from(f.body, 'UTF8')::jsonb -> 'data' ->> 'version')::int = k.version
				and (convert_from(f.body, 'UTF8')::jsonb -> 'data' ->> 'quiz_version')::int = k.quiz_version)`, Args: []any{fact.PackPublished{}.Type()}},
	}
}
