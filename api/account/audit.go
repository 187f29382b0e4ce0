package account

import (
	"peakseat/internal/fact"
	"peakseat/internal/finding"
	"peakseat/internal/postgres"
)

// Audit looks for what may never be true of accounts and sessions. It changes nothing and needs the system role.
func (s *Service) Audit(tx *postgres.Tx) ([]finding.Check, error) {
	return finding.Run(tx, "account", []finding.Query{
		{Name: "disabled_accounts_are_signed_out", Counted: `select count(*) from account.disablement`, Broken: `
			select s.id::text, format('account %s is disabled since %s, and this session goes on', s.account_id, d.disabled_at)
			from account.session s join account.disablement d on d.account_id = s.account_id where s.ended_at is null`},
		{Name: "one_fresh_refresh_token", Counted: `select count(*) from account.session where ended_at is null`, Broken: `
			select s.id::text, format('%s refresh tokens would be taken', count(*))
			from account.session s join account.refresh_token t on t.session_id = s.id
			where s.ended_at is null and t.used_at is null group by s.id having count(*) > 1`},
		{Name: "sessions_act_for_their_own", Counted: `select count(*) from account.session where ended_at is null`, Broken: `
			select s.id::text, format('account %s acts for organisation %s without belonging to it', s.account_id, s.organisation_id)
			from account.session s where s.ended_at is null and s.organisation_id is not null
				and not exists (select from account.membership m where m.account_id = s.account_id and m.organisation_id = s.organisation_id)`},
		{
			Name: "accounts_were_told", Counted: `select count(*) from account.account`, Broken: `
			select a.id::text, format('%s since %s, and no fact says so', a.kind, a.created_at) from account.account a
			where not exists (select from platform.fact f where f.aggregate = a.id and f.type = $1)`,
			Args: []any{fact.AccountRegistered{}.Type()},
		},
		{
			Name: "memberships_were_told", Counted: `select count(*) from account.membership`, Broken: `
			select m.account_id::text, format('%s of organisation %s, and no fact says so', m.role, m.organisation_id) from account.membership m
			where not exists (select from platform.fact f where f.aggregate = m.account_id and f.type = $1
				and convert_from(f.body, 'UTF8')::jsonb #>> '{data,organisation_id}' = m.organisation_id::text)`,
			Args: []any{fact.MembershipGranted{}.Type()},
		},
	})
}
