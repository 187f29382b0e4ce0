package certification

import (
	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/postgres"
)

// Audit compares what agents hold with the history of grants and with what the world was told. It changes nothing and
// needs the system role.
func (s *Service) Audit(tx *postgres.Tx) ([]finding.Check, error) {
	return finding.Run(tx, "certification", []finding.Query{
		{Name: "held_tags_are_the_last_grants", Counted: `select count(*) from certification.tag_grant`, Broken: `
			with last as (
				select distinct on (agent_id, tag) agent_id, tag, level, expires_at from certification.tag_grant order by agent_id, tag, version desc, id desc)
			select agent_id::text, format('%s: holds level %s until %s, was granted level %s until %s', tag, coalesce(h.level, 0), h.expires_at, coalesce(l.level, 0), l.expires_at)
			from certification.held_tag h full join last l using (agent_id, tag)
			where coalesce(h.level, 0) <> coalesce(l.level, 0) or h.expires_at is distinct from l.expires_at`},
		{Name: "versions_cover_the_grants", Counted: `select count(*) from certification.holder`, Broken: `
			select agent_id::text, format('version %s, newest grant %s', h.version, g.version)
			from certification.holder h full join (select agent_id, max(version) as version from certification.tag_grant group by agent_id) g using (agent_id)
			where h.version is null or g.version > h.version`},
		{
			Name: "every_version_was_told", Counted: `select count(*) from certification.holder`, Broken: `
			with told as (
				select aggregate, (convert_from(body, 'UTF8')::jsonb -> 'data' ->> 'version')::bigint as version from platform.fact where type = $1)
			select h.agent_id::text, format('version %s, told %s versions, the newest %s', h.version, count(distinct t.version), max(t.version))
			from certification.holder h left join told t on t.aggregate = h.agent_id
			group by h.agent_id, h.version having count(distinct t.version) <> h.version or max(t.version) <> h.version`,
			Args: []any{fact.TagsChanged{}.Type()},
		},
	})
}
