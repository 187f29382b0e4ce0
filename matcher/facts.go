package matcher

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// Consumers are what the matcher does on others' facts.
func (s *Service) Consumers() []outbox.Consumer {
	return append(s.offerConsumers(), []outbox.Consumer{
		{
			Name: "matcher-people",
			Types: []string{
				fact.AccountRegistered{}.Type(), fact.MembershipGranted{}.Type(), fact.MembershipEnded{}.Type(),
				fact.AccountDisabled{}.Type(), fact.AccountEnabled{}.Type(), fact.TagsChanged{}.Type(),
			},
			Handle: s.followPeople,
		},
	}...)
}

// followPeople keeps the matcher's copy of who may work. A fact that takes a right away has the
// agent's unstarted seats checked again, and those that fail are withdrawn.
func (s *Service) followPeople(tx *postgres.Tx, e outbox.Envelope) error {
	switch e.Type {
	case fact.AccountRegistered{}.Type():
		f, err := outbox.Decode[fact.AccountRegistered](e)
		if err != nil || f.Kind != "agent" {
			return err
		}
		return withAgent(f.AccountID, func(id uuid.UUID) error { return insertAgent(tx, id) })
	case fact.MembershipGranted{}.Type():
		f, err := outbox.Decode[fact.MembershipGranted](e)
		if err != nil {
			return err
		}
		return withAgent(f.AccountID, func(id uuid.UUID) error { return s.join(tx, id, f.OrganisationID) })
	case fact.MembershipEnded{}.Type():
		f, err := outbox.Decode[fact.MembershipEnded](e)
		if err != nil {
			return err
		}
		return withAgent(f.AccountID, func(id uuid.UUID) error { return s.leave(tx, id, f.OrganisationID) })
	case fact.AccountDisabled{}.Type():
		f, err := outbox.Decode[fact.AccountDisabled](e)
		if err != nil {
			return err
		}
		return withAgent(f.AccountID, func(id uuid.UUID) error { return s.setDisabled(tx, id, true) })
	case fact.AccountEnabled{}.Type():
		f, err := outbox.Decode[fact.AccountEnabled](e)
		if err != nil {
			return err
		}
		return withAgent(f.AccountID, func(id uuid.UUID) error { return s.setDisabled(tx, id, false) })
	case fact.TagsChanged{}.Type():
		f, err := outbox.Decode[fact.TagsChanged](e)
		if err != nil {
			return err
		}
		return withAgent(f.AgentID, func(id uuid.UUID) error { return s.setTags(tx, id, f) })
	}
	return fmt.Errorf("the matcher does not follow %s", e.Type)
}

func withAgent(text string, do func(id uuid.UUID) error) error {
	id, err := uuid.Parse(text)
	if err != nil {
		return fmt.Errorf("read the agent's id: %w", err)
	}
	return do(id)
}

func (s *Service) join(tx *postgres.Tx, account uuid.UUID, organisation string) error {
	if err := s.lockRights(tx, account); err != nil {
		return err
	}
	if err := tx.Exec(`insert into matcher.membership (agent_id, merchant_id) values (?, ?::uuid) on conflict do nothing`, account, organisation).Error; err != nil {
		return err
	}
	return s.withdrawLost(tx, account, "eligibility")
}

// leave lets the account work for the organisation again.
func (s *Service) leave(tx *postgres.Tx, account uuid.UUID, organisation string) error {
	if err := lock(tx, nil, []uuid.UUID{account}); err != nil {
		return err
	}
	return tx.Exec(`delete from matcher.membership where agent_id = ? and merchant_id = ?::uuid`, account, organisation).Error
}

func (s *Service) setDisabled(tx *postgres.Tx, account uuid.UUID, disabled bool) error {
	if err := s.lockRights(tx, account); err != nil {
		return err
	}
	if err := tx.Exec(`update matcher.agent set disabled = ? where agent_id = ?`, disabled, account).Error; err != nil {
		return err
	}
	return s.withdrawLost(tx, account, "disablement")
}

// setTags takes over what the agent holds. An older version that arrives late says nothing new.
func (s *Service) setTags(tx *postgres.Tx, agent uuid.UUID, f fact.TagsChanged) error {
	if err := s.lockRights(tx, agent); err != nil {
		return err
	}
	if err := insertAgent(tx, agent); err != nil {
		return err
	}
	newer := tx.Exec(`update matcher.agent set tag_version = ? where agent_id = ? and tag_version < ?`, f.Version, agent, f.Version)
	if newer.Error != nil || newer.RowsAffected == 0 {
		return newer.Error
	}
	if err := tx.Exec(`delete from matcher.agent_tag where agent_id = ?`, agent).Error; err != nil {
		return err
	}
	names, levels, expiries := make([]string, len(f.Tags)), make([]int, len(f.Tags)), make([]time.Time, len(f.Tags))
	for i, t := range f.Tags {
		names[i], levels[i], expiries[i] = t.Tag, t.Level, t.ExpiresAt
	}
	if err := tx.Exec(`insert into matcher.agent_tag (agent_id, tag, level, expires_at) select ?, t.* from unnest(?::text[], ?::int[], ?::timestamptz[]) t`,
		agent, postgres.ArrayOf(names), postgres.ArrayOf(levels), postgres.ArrayOf(expiries)).Error; err != nil {
		return err
	}
	return s.withdrawLost(tx, agent, "eligibility")
}

// lockRights takes the locks under which an agent's rights change: of the shifts where the agent holds an
// unstarted seat or a live offer, then of the agent.
func (s *Service) lockRights(tx *postgres.Tx, agent uuid.UUID) error {
	var shifts []uuid.UUID
	if err := tx.Raw(`select shift_id from matcher.assignment where agent_id = ? and state = 'held' and starts_at > ?
		union select shift_id from matcher.offer where agent_id = ? and state = 'live'`, agent, tx.Now, agent).Scan(&shifts).Error; err != nil {
		return err
	}
	return lock(tx, shifts, []uuid.UUID{agent})
}

// withdrawLost withdraws the agent's unstarted seats and live offers for which a right is missing now.
func (s *Service) withdrawLost(tx *postgres.Tx, agent uuid.UUID, by string) error {
	const lost = ` and (exists (select from matcher.agent g where g.agent_id = x.agent_id and g.disabled)
		or exists (select from matcher.membership m where m.agent_id = x.agent_id and m.merchant_id = x.merchant_id)
		or exists (select from unnest(s.tags, s.levels) r(tag, level) where not exists (select from matcher.agent_tag t
			where t.agent_id = x.agent_id and t.tag = r.tag and t.level >= r.level and t.expires_at >= s.ends_at)))`
	var seats, offers []uuid.UUID
	if err := tx.Raw(`select x.id from matcher.assignment x join matcher.shift s on s.id = x.shift_id
		where x.agent_id = ? and x.state = 'held' and x.starts_at > ?`+lost, agent, tx.Now).Scan(&seats).Error; err != nil {
		return err
	}
	if err := tx.Raw(`select x.id from matcher.offer x join matcher.shift s on s.id = x.shift_id
		where x.agent_id = ? and x.state = 'live'`+lost, agent).Scan(&offers).Error; err != nil {
		return err
	}
	if err := withdrawOffers(tx, offers); err != nil {
		return err
	}
	return withdrawAssignments(tx, seats, by)
}
