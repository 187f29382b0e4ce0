package matcher

import (
	"bytes"
	"fmt"
	"slices"
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
				fact.AccountDisabled{}.Type(), fact.AccountEnabled{}.Type(), fact.TagsChanged{}.Type(), fact.TrialsChanged{}.Type(),
			},
			HandleAll: followPeople, Batch: 200, // under the locks of as many agents and of the shifts where they hold a seat
		},
		packConsumer(),
	}...)
}

// followPeople keeps the matcher's copy of who may work. Where a right may be lost, the agent's unstarted seats and live
// offers are checked again, and those that fail are withdrawn.
//
// Many facts take as many statements as one. All locks are taken at once and in the order of claims: shifts, then agents.
func followPeople(tx *postgres.Tx, list []outbox.Envelope) error {
	rounds, agents, err := changesOf(list)
	if err != nil || len(agents) == 0 {
		return err
	}
	if err := lockRights(tx, agents); err != nil {
		return err
	}
	for _, c := range rounds {
		if err := c.apply(tx); err != nil {
			return err
		}
	}
	return nil
}

// changes are what some facts about people come to.
type changes struct {
	registered []uuid.UUID
	disabled   map[uuid.UUID]bool
	member     map[membership]bool // or no more
	tags       map[uuid.UUID]fact.TagsChanged
	paths      map[uuid.UUID]fact.TrialsChanged
}

type membership struct{ agent, organisation uuid.UUID }

// changesOf reads facts and gathers them in rounds, and lists whom they are about. A fact that takes back what another
// said comes in a later round, so that a right which was lost for a moment is lost; of an agent's tags the newest
// version alone is the truth.
func changesOf(list []outbox.Envelope) (rounds []*changes, agents []uuid.UUID, err error) {
	round := newChanges()
	for _, e := range list {
		agent, add, err := read(e)
		if err != nil {
			return nil, nil, err
		}
		if add == nil {
			continue
		}
		if !add(round) {
			rounds = append(rounds, round)
			round = newChanges()
			add(round)
		}
		agents = append(agents, agent)
	}
	slices.SortFunc(agents, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return append(rounds, round), slices.Compact(agents), nil
}

func newChanges() *changes {
	return &changes{disabled: map[uuid.UUID]bool{}, member: map[membership]bool{}, tags: map[uuid.UUID]fact.TagsChanged{}, paths: map[uuid.UUID]fact.TrialsChanged{}}
}

// read tells whom a fact is about and how it is added to a round, nil where it says nothing of an agent. Adding tells
// false where the round says something of it already.
func read(e outbox.Envelope) (agent uuid.UUID, add func(*changes) bool, err error) {
	switch e.Type {
	case fact.AccountRegistered{}.Type():
		f, err := outbox.Decode[fact.AccountRegistered](e)
		if err != nil || f.Kind != "agent" {
			return uuid.Nil, nil, err
		}
		agent, err = readID(f.AccountID)
		return agent, func(c *changes) bool {
			c.registered = append(c.registered, agent)
			return true
		}, err
	case fact.MembershipGranted{}.Type():
		f, err := outbox.Decode[fact.MembershipGranted](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		return readMembership(f.AccountID, f.OrganisationID, true)
	case fact.MembershipEnded{}.Type():
		f, err := outbox.Decode[fact.MembershipEnded](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		return readMembership(f.AccountID, f.OrganisationID, false)
	case fact.AccountDisabled{}.Type():
		f, err := outbox.Decode[fact.AccountDisabled](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		return readDisabled(f.AccountID, true)
	case fact.AccountEnabled{}.Type():
		f, err := outbox.Decode[fact.AccountEnabled](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		return readDisabled(f.AccountID, false)
	case fact.TagsChanged{}.Type():
		f, err := outbox.Decode[fact.TagsChanged](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		agent, err = readID(f.AgentID)
		return agent, func(c *changes) bool {
			if f.Version > c.tags[agent].Version {
				c.tags[agent] = f
			}
			return true
		}, err
	case fact.TrialsChanged{}.Type():
		f, err := outbox.Decode[fact.TrialsChanged](e)
		if err != nil {
			return uuid.Nil, nil, err
		}
		agent, err = readID(f.AgentID)
		return agent, func(c *changes) bool {
			if f.Version > c.paths[agent].Version {
				c.paths[agent] = f
			}
			return true
		}, err
	}
	return uuid.Nil, nil, fmt.Errorf("the matcher does not follow %s", e.Type)
}

func readMembership(account, organisation string, granted bool) (uuid.UUID, func(*changes) bool, error) {
	agent, err := readID(account)
	if err != nil {
		return uuid.Nil, nil, err
	}
	merchant, err := readID(organisation)
	return agent, func(c *changes) bool { return once(c.member, membership{agent, merchant}, granted) }, err
}

func readDisabled(account string, disabled bool) (uuid.UUID, func(*changes) bool, error) {
	agent, err := readID(account)
	return agent, func(c *changes) bool { return once(c.disabled, agent, disabled) }, err
}

// once sets a key that is not set to anything else.
func once[K comparable](set map[K]bool, key K, value bool) bool {
	if was, known := set[key]; known && was != value {
		return false
	}
	set[key] = value
	return true
}

func readID(text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil, fmt.Errorf("read an id: %w", err)
	}
	return id, nil
}

// apply writes a round, and withdraws what its agents may hold no longer. The locks of its agents and of the shifts where
// they hold anything are held.
func (c *changes) apply(tx *postgres.Tx) error {
	checked, err := c.upsertTags(tx)
	if err != nil {
		return err
	}
	changed := slices.Concat(c.registered, checked)
	if len(c.paths) > 0 {
		further, err := c.upsertPaths(tx)
		if err != nil {
			return err
		}
		checked = append(checked, further...)
	}
	if len(c.member) > 0 {
		joined, err := c.upsertMemberships(tx)
		if err != nil {
			return err
		}
		checked = append(checked, joined...)
	}
	if len(c.disabled) > 0 {
		agents, disabled := make([]uuid.UUID, 0, len(c.disabled)), make([]bool, 0, len(c.disabled))
		for agent, is := range c.disabled {
			agents, disabled = append(agents, agent), append(disabled, is)
		}
		if err := tx.Exec(`update matcher.agent g set disabled = c.disabled from unnest(?::uuid[], ?::boolean[]) c (agent_id, disabled)
			where g.agent_id = c.agent_id and g.disabled <> c.disabled`, postgres.ArrayOf(agents), postgres.ArrayOf(disabled)).Error; err != nil {
			return err
		}
		checked, changed = append(checked, agents...), append(changed, agents...)
	}
	if err := withdrawLost(tx, checked); err != nil {
		return err
	}
	news := make([]fact.Fact, 0, len(changed))
	for _, agent := range distinct(changed) {
		news = append(news, fact.AgentChanged{AgentID: agent.String()})
	}
	return outbox.Append(tx, news...)
}

// upsertTags makes the agents' rows and takes over what they hold, and returns those of whom that was news: an older
// version that arrives late says nothing.
func (c *changes) upsertTags(tx *postgres.Tx) (changed []uuid.UUID, err error) {
	agents := slices.Clone(c.registered)
	versions := make([]int64, len(agents), len(agents)+len(c.tags))
	for agent, f := range c.tags {
		agents = append(agents, agent)
		versions = append(versions, f.Version) // who only registered has version 0
	}
	if len(agents) == 0 {
		return nil, nil
	}
	if err := insertAgents(tx, agents); err != nil || len(c.tags) == 0 {
		return nil, err
	}
	if err := tx.Raw(`update matcher.agent g set tag_version = c.version from unnest(?::uuid[], ?::bigint[]) c (agent_id, version)
		where g.agent_id = c.agent_id and g.tag_version < c.version returning g.agent_id`, postgres.ArrayOf(agents), postgres.ArrayOf(versions)).Scan(&changed).Error; err != nil || len(changed) == 0 {
		return nil, err
	}
	var (
		holders  []uuid.UUID
		names    []string
		levels   []int
		expiries []time.Time
	)
	for _, agent := range changed {
		for _, t := range c.tags[agent].Tags {
			holders, names, levels, expiries = append(holders, agent), append(names, t.Tag), append(levels, t.Level), append(expiries, t.ExpiresAt)
		}
	}
	if err := tx.Exec(`delete from matcher.agent_tag t where t.agent_id = any (?::uuid[])
		and not exists (select from unnest(?::uuid[], ?::text[]) n (agent_id, tag) where n.agent_id = t.agent_id and n.tag = t.tag)`,
		postgres.ArrayOf(changed), postgres.ArrayOf(holders), postgres.ArrayOf(names)).Error; err != nil {
		return nil, err
	}
	return changed, tx.Exec(`insert into matcher.agent_tag as t (agent_id, tag, level, expires_at)
		select n.* from unnest(?::uuid[], ?::text[], ?::int[], ?::timestamptz[]) n
		on conflict (agent_id, tag) do update set level = excluded.level, expires_at = excluded.expires_at
		where (t.level, t.expires_at) is distinct from (excluded.level, excluded.expires_at)`,
		postgres.ArrayOf(holders), postgres.ArrayOf(names), postgres.ArrayOf(levels), postgres.ArrayOf(expiries)).Error
}

// upsertMemberships returns who joined an organisation, for whom they may not work then.
func (c *changes) upsertMemberships(tx *postgres.Tx) (joined []uuid.UUID, err error) {
	var to, left, from []uuid.UUID
	for m, granted := range c.member {
		if granted {
			joined, to = append(joined, m.agent), append(to, m.organisation)
		} else {
			left, from = append(left, m.agent), append(from, m.organisation)
		}
	}
	if err := tx.Exec(`insert into matcher.membership (agent_id, merchant_id) select m.* from unnest(?::uuid[], ?::uuid[]) m on conflict do nothing`,
		postgres.ArrayOf(joined), postgres.ArrayOf(to)).Error; err != nil {
		return nil, err
	}
	return joined, tx.Exec(`delete from matcher.membership m using unnest(?::uuid[], ?::uuid[]) g (agent_id, merchant_id)
		where m.agent_id = g.agent_id and m.merchant_id = g.merchant_id`, postgres.ArrayOf(left), postgres.ArrayOf(from)).Error
}

// lockRights takes the locks under which agents' rights change: of the shifts where they hold an unstarted seat or a live
// offer, then of the agents. Where one of them took another seat meanwhile, it gives the locks back and begins again.
func lockRights(tx *postgres.Tx, agents []uuid.UUID) error {
	shifts, err := selectHeldShifts(tx, agents)
	if err != nil {
		return err
	}
	for {
		if err := tx.Exec(`savepoint unlocked`).Error; err != nil {
			return err
		}
		if err := lock(tx, shifts, agents); err != nil {
			return err
		}
		held, err := selectHeldShifts(tx, agents)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(held, func(id uuid.UUID) bool { return !slices.Contains(shifts, id) }) {
			return nil
		}
		if err := tx.Exec(`rollback to savepoint unlocked`).Error; err != nil {
			return err
		}
		shifts = held
	}
}

func selectHeldShifts(tx *postgres.Tx, agents []uuid.UUID) (shifts []uuid.UUID, err error) {
	list := postgres.ArrayOf(agents)
	return shifts, tx.Raw(`select shift_id from matcher.assignment where agent_id = any (?::uuid[]) and state = 'held' and starts_at > ?
		union select shift_id from matcher.offer where agent_id = any (?::uuid[]) and state = 'live'`, list, tx.Now, list).Scan(&shifts).Error
}

// withdrawLost withdraws the agents' unstarted seats and live offers for which a right is missing now.
func withdrawLost(tx *postgres.Tx, agents []uuid.UUID) error {
	const lost = ` and (g.disabled
		or exists (select from matcher.membership m where m.agent_id = x.agent_id and m.merchant_id = x.merchant_id)
		or exists (select from unnest(s.tags, s.levels) r(tag, level) where not exists (select from matcher.agent_tag t
			where t.agent_id = x.agent_id and t.tag = r.tag and t.level >= r.level and t.expires_at >= s.ends_at)
			and not exists (select from matcher.trial l join matcher.trial_path p on p.agent_id = l.agent_id and p.template_id = l.template_id
				cross join lateral unnest(p.tags, p.levels) g(tag, level) where l.assignment_id = x.id and g.tag = r.tag and g.level >= r.level))
		or exists (select from matcher.trial l where l.assignment_id = x.id
			and not exists (select from matcher.trial_path p where p.agent_id = l.agent_id and p.template_id = l.template_id and p.missing = '{}')))`
	if len(agents) == 0 {
		return nil
	}
	var rows []struct {
		ID              uuid.UUID
		Offer, Disabled bool
	}
	list := postgres.ArrayOf(agents)
	if err := tx.Raw(`select x.id, false as offer, g.disabled from matcher.assignment x join matcher.shift s on s.id = x.shift_id join matcher.agent g on g.agent_id = x.agent_id
			where x.agent_id = any (?::uuid[]) and x.state = 'held' and x.starts_at > ?`+lost+`
		union all select x.id, true, g.disabled from matcher.offer x join matcher.shift s on s.id = x.shift_id join matcher.agent g on g.agent_id = x.agent_id
			where x.agent_id = any (?::uuid[]) and x.state = 'live'`+lost, list, tx.Now, list).Scan(&rows).Error; err != nil {
		return err
	}
	var offers, ineligible, disabled []uuid.UUID
	for _, row := range rows {
		switch {
		case row.Offer:
			offers = append(offers, row.ID)
		case row.Disabled:
			disabled = append(disabled, row.ID)
		default:
			ineligible = append(ineligible, row.ID)
		}
	}
	if err := withdrawOffers(tx, offers); err != nil {
		return err
	}
	if err := withdrawAssignments(tx, disabled, "disablement"); err != nil {
		return err
	}
	return withdrawAssignments(tx, ineligible, "eligibility")
}
