package certification

import (
	"fmt"
	"slices"

	"github.com/google/uuid"

	"peakseat/certification/standing"
	"peakseat/certification/translog"
	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/postgres"
)

// Audit compares what agents hold with the history of grants, with their credentials and with what the world was told, and
// the log with its leaves and with what was done. It changes nothing and needs the system role.
func (s *Service) Audit(tx *postgres.Tx) ([]finding.Check, error) {
	checks, err := finding.Run(tx, "certification", s.queries(tx))
	if err != nil {
		return nil, err
	}
	for _, look := range []func(*postgres.Tx) (finding.Check, error){auditLog, auditTiers} {
		check, err := look(tx)
		if err != nil {
			return nil, fmt.Errorf("audit %s: %w", check.Name, err)
		}
		checks = append(checks, check)
	}
	return checks, nil
}

func (s *Service) queries(tx *postgres.Tx) []finding.Query {
	// what credentials in force grant: $1 now
	const granted = `granted as (
		select c.id, c.agent_id, g.tag, least(g.level + h.level_bonus, 5) as level, c.valid_until
		from certification.credential c join certification.template_version v on v.template_id = c.template_id and v.version = c.template_version
			join certification.holder h on h.agent_id = c.agent_id cross join lateral jsonb_to_recordset(v.grants) g (tag text, level int)
		where c.valid_from <= $1 and c.valid_until > $1 and not exists (select from certification.revocation r where r.credential_id = c.id)
			and not exists (select from certification.suspension p where p.credential_id = c.id and not exists (select from certification.suspension_end e where e.suspension_id = p.id)))`
	return []finding.Query{
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
		{
			Name: "credentials_grants_are_held", Counted: `select count(*) from certification.credential`, Broken: `with ` + granted + `
			select g.agent_id::text, format('credential %s grants %s level %s until %s; held is level %s until %s', g.id, g.tag, g.level, g.valid_until, coalesce(h.level, 0), h.expires_at)
			from granted g left join certification.held_tag h on h.agent_id = g.agent_id and h.tag = g.tag
			where coalesce(h.level, 0) < g.level or h.level = g.level and h.expires_at < g.valid_until
			union all
			select h.agent_id::text, format('%s level %s until %s is of credential %s, which does not grant it', h.tag, h.level, h.expires_at, h.credential_id)
			from certification.held_tag h left join granted g on g.id = h.credential_id and g.tag = h.tag
			where h.credential_id is not null and h.expires_at > $1 and (g.level is distinct from h.level or g.valid_until <> h.expires_at)`,
			Args: []any{tx.Now},
		},
		{
			Name: "acts_are_leaves", Counted: `select count(*) from certification.log_leaf`, Broken: `
			with leaves as (
				select credential_id, count(*) filter (where kind = 'issued') as issued, count(*) filter (where kind = 'suspended') as suspended,
					count(*) filter (where kind = 'reinstated') as reinstated, count(*) filter (where kind = 'revoked') as revoked
				from certification.log_leaf group by credential_id),
			acts as (
				select c.id, 1 as issued, (select count(*) from certification.suspension p where p.credential_id = c.id) as suspended,
					(select count(*) from certification.suspension p join certification.suspension_end e on e.suspension_id = p.id where p.credential_id = c.id) as ended,
					(select count(*) from certification.revocation r where r.credential_id = c.id) as revoked
				from certification.credential c)
			select a.id::text, format('issued, suspended, reinstated, revoked: %s, %s, %s, %s; leaves: %s, %s, %s, %s', a.issued, a.suspended, a.ended, a.revoked,
				coalesce(l.issued, 0), coalesce(l.suspended, 0), coalesce(l.reinstated, 0), coalesce(l.revoked, 0))
			from acts a left join leaves l on l.credential_id = a.id
			where (a.issued, a.suspended, a.revoked) is distinct from (l.issued, l.suspended, l.revoked) or l.reinstated > a.ended`,
		},
		{
			Name: "tiers_are_the_last_changes", Counted: `select count(*) from certification.holder`, Broken: `
			select h.agent_id::text, format('tier %s after %s changes; the last is %s to %s', h.tier, h.tier_seq, coalesce(c.seq, 0), c.to_tier)
			from certification.holder h left join lateral (select * from certification.tier_change c where c.agent_id = h.agent_id order by c.seq desc limit 1) c on true
			where h.tier <> coalesce(c.to_tier, 'bronze') or h.tier_seq <> coalesce(c.seq, 0)`,
		},
	}
}

// auditLog computes the tree anew from its leaves and compares every stored hash, and with that every root there ever was.
func auditLog(tx *postgres.Tx) (finding.Check, error) {
	const page = 10_000
	check := finding.Check{Name: "certification/log_is_the_tree_of_its_leaves", Examples: []finding.Finding{}}
	var all []translog.Hash // 64 bytes a leaf
	read := translog.Reader(func(positions []int64) ([]translog.Hash, error) {
		list := make([]translog.Hash, len(positions))
		for i, p := range positions {
			list[i] = all[p]
		}
		return list, nil
	})
	for {
		var rows []struct {
			Index        int64
			CredentialID uuid.UUID
			Leaf         []byte
		}
		if err := tx.Raw(`select index, credential_id, leaf from certification.log_leaf where index >= ? order by index limit ?`, check.Checked, page).Scan(&rows).Error; err != nil {
			return check, err
		}
		first := int64(len(all))
		ends := make([]int, len(rows)) // of each leaf's hashes
		for i, r := range rows {
			if r.Index != check.Checked {
				check.Add(finding.Finding{Subject: r.CredentialID.String(), Detail: fmt.Sprintf("leaf %d stands where %d should", r.Index, check.Checked)})
				return check, nil
			}
			hashes, err := translog.Append(r.Index, r.Leaf, read)
			if err != nil {
				return check, err
			}
			all = append(all, hashes...)
			ends[i] = len(all)
			check.Checked++
		}
		var stored []struct {
			Position int64
			Hash     []byte
		}
		if err := tx.Raw(`select position, hash from certification.log_hash where position >= ? and position < ? order by position`, first, len(all)).Scan(&stored).Error; err != nil {
			return check, err
		}
		same := 0
		for same < len(stored) && stored[same].Position == first+int64(same) && translog.Hash(stored[same].Hash) == all[first+int64(same)] {
			same++
		}
		if at := slices.IndexFunc(ends, func(end int) bool { return first+int64(same) < int64(end) }); at >= 0 {
			check.Add(finding.Finding{Subject: rows[at].CredentialID.String(), Detail: fmt.Sprintf("a hash stored with leaf %d is not that of the leaves", rows[at].Index)})
			return check, nil
		}
		if len(rows) < page {
			return check, nil
		}
	}
}

// auditTiers computes the tiers of those who moved anew, but of those about whom a sweep is due.
func auditTiers(tx *postgres.Tx) (finding.Check, error) {
	check := finding.Check{Name: "certification/tiers_recompute", Examples: []finding.Finding{}}
	var holders []struct {
		AgentID uuid.UUID
		Tier    standing.Tier
	}
	if err := tx.Raw(`select h.agent_id, h.tier from certification.holder h where (h.standing_due is null or h.standing_due > ?)
		and (h.tier_seq > 0 or exists (select from certification.standing_event e where e.agent_id = h.agent_id))`, tx.Now).Scan(&holders).Error; err != nil {
		return check, err
	}
	for _, h := range holders {
		events, _, err := selectEvents(tx, h.AgentID)
		if err != nil {
			return check, err
		}
		check.Checked++
		if now := standing.Replay(events, tx.Now).Tier; now != h.Tier {
			check.Add(finding.Finding{Subject: h.AgentID.String(), Detail: fmt.Sprintf("holds %s; what happened comes to %s", h.Tier, now)})
		}
	}
	return check, nil
}
