package matcher

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// PackProgress tells a merchant whom the newest quiz of a shop's pack concerns: the agents who held seats when it came into
// force, and who of them passed since.
type PackProgress struct {
	ShopID    uuid.UUID    `json:"shop_id"`
	Version   int          `json:"version,omitempty" doc:"the newest with a quiz of its own; absent: there is none"`
	InForceAt *time.Time   `json:"in_force_at,omitempty"`
	Affected  int          `json:"affected" doc:"agents who held seats that start notice_minutes or more after it came into force"`
	Passed    int          `json:"passed" doc:"of them, those who passed since"`
	Waiting   int          `json:"waiting" doc:"those who still hold all of these seats and have not passed"`
	Released  int          `json:"released" doc:"those who did not pass in time for a seat, which was released"`
	Agents    []PackHolder `json:"agents" nullable:"false" doc:"those who wait first, by when they must have passed; at most 500"`

	HoldersNow      int `json:"holders_now" doc:"agents who hold seats that a version which came into force now would concern"`
	NoticeMinutes   int `json:"notice_minutes" doc:"seats that start sooner after a version came into force are worked as they are"`
	DeadlineMinutes int `json:"deadline_minutes" doc:"the quiz must have been passed so long before a start, or the seat is released"`
}

// PackHolder is one of them.
type PackHolder struct {
	AgentID  uuid.UUID  `json:"agent_id"`
	Name     string     `json:"name"`
	State    string     `json:"state" enum:"waiting,passed,released"`
	Seats    int        `json:"seats" doc:"of the shop that are concerned"`
	DueAt    time.Time  `json:"due_at" doc:"the quiz must have been passed by then for the first of them"`
	PassedAt *time.Time `json:"passed_at,omitempty"`
}

const mostHolders = 500

// PackProgress reads it of a shop of the actor's merchant; an operator reads any.
func (s *Service) PackProgress(ctx context.Context, shop uuid.UUID) (p *PackProgress, err error) {
	book := rules.V1().Packs
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectShop(tx, shop); err != nil {
			return err
		}
		p = &PackProgress{
			ShopID: shop, Agents: []PackHolder{}, NoticeMinutes: int(book.Notice / time.Minute), DeadlineMinutes: int(book.Deadline / time.Minute),
		}
		now, err := selectHolders(tx, shop, tx.Now.Add(book.Notice), 0)
		if err != nil {
			return err
		}
		p.HoldersNow = len(now)
		var newest []struct {
			Version int
			Since   time.Time
		}
		if err := tx.Raw(`select version, since from matcher.pack where shop_id = ? and quiz_version = version order by version desc limit 1`, shop).Scan(&newest).Error; err != nil || len(newest) == 0 {
			return err
		}
		p.Version, p.InForceAt = newest[0].Version, &newest[0].Since
		if p.Agents, err = selectConcerned(tx, shop, p.Version, newest[0].Since); err != nil {
			return err
		}
		p.count()
		return s.nameHolders(tx, p)
	})
	return p, err
}

// count sums up, puts those first who are still to pass, and cuts the list.
func (p *PackProgress) count() {
	p.Affected = len(p.Agents)
	order := map[string]int{"waiting": 0, "released": 1, "passed": 2}
	for _, h := range p.Agents {
		switch h.State {
		case "passed":
			p.Passed++
		case "released":
			p.Released++
		default:
			p.Waiting++
		}
	}
	slices.SortStableFunc(p.Agents, func(a, b PackHolder) int {
		return cmp.Or(cmp.Compare(order[a.State], order[b.State]), a.DueAt.Compare(b.DueAt))
	})
	p.Agents = p.Agents[:min(len(p.Agents), mostHolders)]
}

func (s *Service) nameHolders(tx *postgres.Tx, p *PackProgress) error {
	ids := make([]uuid.UUID, len(p.Agents))
	for i, h := range p.Agents {
		ids[i] = h.AgentID
	}
	names, err := s.People.Names(tx, ids)
	for i := range p.Agents {
		p.Agents[i].Name = names[p.Agents[i].AgentID]
	}
	return err
}

// selectConcerned lists the agents who took seats of a shop before a version came into force and did not give them up.
func selectConcerned(tx *postgres.Tx, shop uuid.UUID, version int, since time.Time) ([]PackHolder, error) {
	book := rules.V1().Packs
	var list []PackHolder
	err := tx.Raw(`
		select a.agent_id, count(*) as seats, min(a.starts_at) - make_interval(secs => ?) as due_at, min(p.passed_at) as passed_at,
			case when min(p.passed_at) is not null then 'passed' when bool_or(r.assignment_id is not null) then 'released' else 'waiting' end as state
		from matcher.shift s join matcher.assignment a on a.shift_id = s.id
		left join matcher.pack_release r on r.assignment_id = a.id and r.version >= ?
		left join lateral (select min(k.passed_at) as passed_at from matcher.pack_pass k where k.agent_id = a.agent_id and k.shop_id = s.shop_id and k.version >= ?) p on true
		where s.shop_id = ? and s.merchant_id = (select h.merchant_id from matcher.shop h where h.id = ?) and s.starts_at >= ? and a.starts_at >= ? and a.taken_at < ?
			and (a.live or r.assignment_id is not null)
		group by a.agent_id`, book.Deadline.Seconds(), version, version, shop, shop, since.Add(book.Notice), since.Add(book.Notice), since).Scan(&list).Error
	return list, err
}

// MyPack is a brand pack that an agent has to do with: its shop has shifts in the hall, or the agent holds seats there.
type MyPack struct {
	ShopID        uuid.UUID    `json:"shop_id"`
	ShopName      string       `json:"shop_name"`
	Industry      string       `json:"industry"`
	Version       int          `json:"version" doc:"in force now; 0: the first is yet to come into force"`
	QuizVersion   int          `json:"quiz_version" doc:"whose quiz the seats ask for now; 0: none"`
	PassedVersion int          `json:"passed_version" doc:"the newest whose quiz I passed; 0: none"`
	Passed        bool         `json:"passed" doc:"nothing is to be done now, nor for what comes next"`
	Next          *PackComing  `json:"next,omitempty" gorm:"-" doc:"published, and not in force yet"`
	OpenShifts    int          `json:"open_shifts" doc:"of the shop in the hall, with an open seat"`
	DueAt         *time.Time   `json:"due_at,omitempty" doc:"by when I must have passed for the first seat that I hold and that asks for it"`
	Seats         []PackedSeat `json:"seats" gorm:"-" nullable:"false" doc:"that I hold at the shop, in order of time"`
}

// PackComing is a version that will be in force.
type PackComing struct {
	Version     int       `json:"version"`
	QuizVersion int       `json:"quiz_version"`
	InForceAt   time.Time `json:"in_force_at"`
}

// PackedSeat is a seat that an agent holds at a shop with a pack.
type PackedSeat struct {
	AssignmentID uuid.UUID  `json:"assignment_id"`
	ShiftID      uuid.UUID  `json:"shift_id"`
	StartsAt     time.Time  `json:"starts_at"`
	EndsAt       time.Time  `json:"ends_at"`
	TimeZone     string     `json:"time_zone" doc:"the shop's"`
	DueAt        *time.Time `json:"due_at,omitempty" doc:"by when the quiz must be passed; absent: nothing is to be done for this seat"`
}

// MyPacks lists the packs of the agent who acts: those whose quiz is to be passed for a seat first. A shop that the agent's seats
// are at stays there after either side has blocked the other; else to a blocked pair it does not exist.
func (s *Service) MyPacks(ctx context.Context) (list []MyPack, err error) {
	err = postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		agent := tx.Actor.AccountID
		if list, err = selectMyPacks(tx, agent); err != nil {
			return err
		}
		place := make(map[uuid.UUID]int, len(list))
		for i := range list {
			place[list[i].ShopID] = i
		}
		seats, err := selectPackedSeats(tx, agent)
		if err != nil {
			return err
		}
		for _, row := range seats {
			if i, is := place[row.ShopID]; is {
				list[i].take(row)
			}
		}
		list = slices.DeleteFunc(list, func(p MyPack) bool { return p.OpenShifts == 0 && len(p.Seats) == 0 })
		slices.SortStableFunc(list, func(a, b MyPack) int {
			return cmp.Or(compareDue(a.DueAt, b.DueAt), boolInt(a.Passed)-boolInt(b.Passed), b.OpenShifts-a.OpenShifts)
		})
		return nil
	})
	return list, err
}

func (p *MyPack) take(row packedRow) {
	seat := row.PackedSeat
	if row.Needed > p.PassedVersion && row.State == "held" {
		due := seat.StartsAt.Add(-rules.V1().Packs.Deadline)
		seat.DueAt = &due
		if p.DueAt == nil {
			p.DueAt = &due
		}
	}
	p.Seats = append(p.Seats, seat)
}

// compareDue puts what is due first, and the earlier before the later.
func compareDue(a, b *time.Time) int {
	switch {
	case a != nil && b != nil:
		return a.Compare(*b)
	case a != nil:
		return -1
	case b != nil:
		return 1
	}
	return 0
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func selectMyPacks(tx *postgres.Tx, agent uuid.UUID) ([]MyPack, error) {
	var rows []struct {
		MyPack
		NextVersion, NextQuiz *int
		NextAt                *time.Time
	}
	if err := tx.Raw(`
		select h.id as shop_id, h.name as shop_name, h.industry, coalesce(c.version, 0) as version, coalesce(c.quiz_version, 0) as quiz_version,
			n.version as next_version, n.quiz_version as next_quiz, n.since as next_at, coalesce(p.version, 0) as passed_version,
			case when b.agent_id is not null then 0 else (select count(*) from matcher.shift s where s.shop_id = h.id and s.merchant_id = h.merchant_id and s.state = 'open' and s.ends_at > @now
				and exists (select from matcher.seat e where e.shift_id = s.id and e.state = 'open' and e.kind = 'regular')) end as open_shifts
		from matcher.shop h
		left join lateral (select k.version, k.quiz_version from matcher.pack k where k.shop_id = h.id and k.since <= @now order by k.version desc limit 1) c on true
		left join lateral (select k.version, k.quiz_version, k.since from matcher.pack k where k.shop_id = h.id and k.since > @now order by k.version desc limit 1) n on true
		left join lateral (select max(k.version) as version from matcher.pack_pass k where k.agent_id = @agent and k.shop_id = h.id) p on true
		left join lateral (select x.agent_id from matcher.block x where x.agent_id = @agent and x.merchant_id = h.merchant_id limit 1) b on true
		where h.id in (select k.shop_id from matcher.pack k)
			and not exists (select from matcher.membership m where m.agent_id = @agent and m.merchant_id = h.merchant_id)
		order by h.name, h.id`, map[string]any{"now": tx.Now, "agent": agent}).Scan(&rows).Error; err != nil {
		return nil, err
	}
	list := make([]MyPack, len(rows))
	for i, r := range rows {
		p := r.MyPack
		p.Seats = []PackedSeat{}
		ahead := p.QuizVersion
		if r.NextVersion != nil {
			p.Next = &PackComing{*r.NextVersion, *r.NextQuiz, *r.NextAt}
			ahead = p.Next.QuizVersion
		}
		p.Passed = p.PassedVersion >= ahead
		list[i] = p
	}
	return list, nil
}

// packedRow is a seat and the version whose quiz it asks for.
type packedRow struct {
	PackedSeat
	ShopID uuid.UUID
	Needed int
	State  string
}

func selectPackedSeats(tx *postgres.Tx, agent uuid.UUID) (list []packedRow, err error) {
	err = tx.Raw(`select a.id as assignment_id, a.shift_id, a.starts_at, a.ends_at, s.time_zone, s.shop_id, a.state, matcher.pack_needed(s.shop_id, a.starts_at - make_interval(secs => ?)) as needed
		from matcher.assignment a join matcher.shift s on s.id = a.shift_id
		where a.agent_id = ? and a.state in ('held', 'present') and a.ends_at > ? order by a.starts_at, a.id`, rules.V1().Packs.Notice.Seconds(), agent, tx.Now).Scan(&list).Error
	return list, err
}

// PackShop is what the academy asks of a shop.
type PackShop struct {
	ID, MerchantID uuid.UUID
	Name           string
}

// ShopOfPack is a shop whose pack the actor may have to do with: a member of its merchant, officials, or an agent whom the hall
// shows a shift of it or who has a seat there that is not long over. To others it is not found.
func (s *Service) ShopOfPack(tx *postgres.Tx, shop uuid.UUID) (PackShop, error) {
	var found []PackShop
	err := postgres.InTx(tx.Context(), s.System, func(all *postgres.Tx) error {
		return all.Raw(`select h.id, h.merchant_id, h.name from matcher.shop h where h.id = @shop and (
				h.merchant_id = @organisation or @official
				or @agent and (
					exists (select from matcher.shift s where s.merchant_id = h.merchant_id and s.shop_id = h.id and s.state = 'open' and s.ends_at > @now)
						and not exists (select from matcher.block b where b.agent_id = @account and b.merchant_id = h.merchant_id)
					or exists (select from matcher.assignment a join matcher.shift s on s.id = a.shift_id
						where a.agent_id = @account and a.live and a.ends_at > @recent and s.shop_id = h.id)))`,
			map[string]any{
				"shop": shop, "organisation": tx.Actor.OrganisationID, "account": tx.Actor.AccountID, "agent": tx.Actor.IsAgent(),
				"official": tx.Actor.Role == "operator" || tx.Actor.Role == "trainer", "now": all.Now, "recent": all.Now.Add(-packReadable),
			}).Scan(&found).Error
	})
	switch {
	case err != nil:
		return PackShop{}, err
	case len(found) == 0:
		return PackShop{}, fault.ErrNotFound
	}
	return found[0], nil
}

// packReadable is how long after a seat its agent may look into the shop's pack.
const packReadable = 24 * time.Hour

func selectShop(tx *postgres.Tx, id uuid.UUID) (*Shop, error) {
	shops, err := selectShops(tx, `id = ?`, id)
	switch {
	case err != nil:
		return nil, err
	case len(shops) == 0:
		return nil, fault.ErrNotFound
	}
	return &shops[0], nil
}
