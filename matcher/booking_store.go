package matcher

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

const bookingColumns = `b.id, b.merchant_id, b.shop_id, h.name as shop_name, b.campaign_id, b.title, b.starts_on, b.ends_on, h.time_zone,
	b.windows::text as windows_json, b.trial_seats_allowed, b.priority, b.state, b.rules_version, b.price_book, b.quote_id, b.version, b.created_at, b.confirmed_at,
	(select coalesce(json_agg(json_build_object('tag', r.tag, 'level', r.level) order by r.tag), '[]')::text from matcher.booking_requirement r where r.booking_id = b.id) as requirements_json,
	(select coalesce(json_agg(c.agent_id order by c.agent_id), '[]')::text from matcher.core_team c where c.booking_id = b.id) as core_team_json,
	(select count(*) from matcher.shift s where s.booking_id = b.id) as shifts,
	(select coalesce(sum(s.seats), 0) from matcher.shift s where s.booking_id = b.id) as seats,
	(select count(*) from matcher.shift s join matcher.seat t on t.shift_id = s.id where s.booking_id = b.id and t.state = 'held' and t.kind = 'regular') as filled`

const fromBooking = ` from matcher.booking b join matcher.shop h on h.id = b.shop_id `

// bookingRow is a booking as it is read; lists come as JSON.
type bookingRow struct {
	Booking          `gorm:"embedded"`
	WindowsJSON      string
	RequirementsJSON string
	CoreTeamJSON     string
}

func (r *bookingRow) booking() (Booking, error) {
	b := r.Booking
	err := errors.Join(json.Unmarshal([]byte(r.WindowsJSON), &b.Windows), json.Unmarshal([]byte(r.RequirementsJSON), &b.Requirements), json.Unmarshal([]byte(r.CoreTeamJSON), &b.CoreTeam))
	if err != nil {
		return b, fmt.Errorf("read booking %s: %w", b.ID, err)
	}
	return b, nil
}

// selectBooking reads a booking that the actor may see; ErrNotFound else.
func selectBooking(tx *postgres.Tx, id uuid.UUID) (*Booking, error) {
	var rows []bookingRow
	if err := tx.Raw(`select `+bookingColumns+fromBooking+`where b.id = ?`, id).Scan(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	b, err := rows[0].booking()
	return &b, err
}

// BookingVersion answers others' question for the version of one of the actor's bookings.
func (s *Service) BookingVersion(tx *postgres.Tx, id uuid.UUID) (int64, error) {
	var versions []int64
	if err := tx.Raw(`select version from matcher.booking where id = ?`, id).Scan(&versions).Error; err != nil {
		return 0, err
	}
	if len(versions) == 0 {
		return 0, fault.ErrNotFound
	}
	return versions[0], nil
}

func selectBookings(tx *postgres.Tx, which BookingsWanted) ([]Booking, error) {
	var rows []bookingRow
	query := `select ` + bookingColumns + fromBooking + `where (@state = '' or b.state = @state) and (cast(@before as uuid) is null or b.id < cast(@before as uuid))
		and (@anytime or exists (select from matcher.shift near where near.booking_id = b.id and near.state = 'open' and near.seats > 0
			and near.ends_at > @now and near.starts_at < @until))
		order by b.id desc limit @limit`
	var cursor *uuid.UUID
	if which.Before != uuid.Nil {
		cursor = &which.Before
	}
	said := map[string]any{
		"state": which.State, "before": cursor, "anytime": which.Within == 0, "now": tx.Now, "until": tx.Now.Add(which.Within), "limit": which.Limit,
	}
	if err := tx.Raw(query, said).Scan(&rows).Error; err != nil {
		return nil, err
	}
	bookings := make([]Booking, len(rows))
	for i := range rows {
		var err error
		if bookings[i], err = rows[i].booking(); err != nil {
			return nil, err
		}
	}
	return bookings, nil
}

// lockBooking locks the booking's row and reads its state and version.
func lockBooking(tx *postgres.Tx, id uuid.UUID) (*Booking, error) {
	var rows []Booking
	err := tx.Raw(`select id, merchant_id, state, version, rules_version from matcher.booking where id = ? for update`, id).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fault.ErrNotFound
	}
	return &rows[0], nil
}

func insertBooking(tx *postgres.Tx, id uuid.UUID, r BookingRequest) error {
	windows, err := json.Marshal(r.Windows)
	if err != nil {
		return err
	}
	return tx.Exec(`insert into matcher.booking (id, merchant_id, shop_id, campaign_id, title, starts_on, ends_on, windows, trial_seats_allowed, rules_version, created_by, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?)`,
		id, tx.Actor.OrganisationID, r.ShopID, r.CampaignID, r.Title, r.StartsOn, r.EndsOn, string(windows), r.TrialSeatsAllowed,
		rules.V1().Version, tx.Actor.AccountID, tx.Now).Error
}

func updateDraft(tx *postgres.Tx, id uuid.UUID, r BookingRequest) error {
	windows, err := json.Marshal(r.Windows)
	if err != nil {
		return err
	}
	return tx.Exec(`update matcher.booking set shop_id = ?, campaign_id = ?, title = ?, starts_on = ?, ends_on = ?, windows = ?::jsonb, trial_seats_allowed = ?, version = version + 1
		where id = ?`, r.ShopID, r.CampaignID, r.Title, r.StartsOn, r.EndsOn, string(windows), r.TrialSeatsAllowed, id).Error
}

// insertBookingParts writes the requirements, the core team and the draft's shifts.
func insertBookingParts(tx *postgres.Tx, id uuid.UUID, r BookingRequest, shop Shop, spans []span) error {
	requirements := slices.Clone(r.Requirements)
	slices.SortFunc(requirements, func(a, b Requirement) int { return strings.Compare(a.Tag, b.Tag) })
	tags, levels := []string{}, []int{}
	for _, q := range requirements {
		tags, levels = append(tags, q.Tag), append(levels, q.Level)
	}
	if err := tx.Exec(`insert into matcher.booking_requirement (booking_id, merchant_id, tag, level) select ?, ?, t, l from unnest(?::text[], ?::int[]) u(t, l)`,
		id, shop.MerchantID, postgres.ArrayOf(tags), postgres.ArrayOf(levels)).Error; err != nil {
		return err
	}
	if err := tx.Exec(`insert into matcher.core_team (booking_id, merchant_id, agent_id) select ?, ?, a from unnest(?::uuid[]) a on conflict do nothing`,
		id, shop.MerchantID, postgres.ArrayOf(r.CoreTeam)).Error; err != nil {
		return err
	}
	for _, sp := range spans {
		if err := tx.Exec(`insert into matcher.shift (id, booking_id, merchant_id, shop_id, campaign_id, starts_at, ends_at, seats, tags, levels, priority, time_zone, rules_version)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)`,
			newID(), id, shop.MerchantID, shop.ID, r.CampaignID, sp.start, sp.end, sp.seats, postgres.ArrayOf(tags), postgres.ArrayOf(levels), shop.TimeZone, rules.V1().Version).Error; err != nil {
			return err
		}
	}
	return nil
}

func deleteBookingParts(tx *postgres.Tx, id uuid.UUID) error {
	for _, table := range []string{"booking_requirement", "core_team", "shift"} {
		if err := tx.Exec(`delete from matcher.`+table+` where booking_id = ?`, id).Error; err != nil {
			return err
		}
	}
	return nil
}

// openShifts turns the draft into open shifts with their seats, at the quote's pay.
func openShifts(tx *postgres.Tx, id, quoteID uuid.UUID, priceBook, priority int, pay map[uuid.UUID]int64) error {
	shifts, rates := []uuid.UUID{}, []int64{}
	for shift, rate := range pay {
		shifts, rates = append(shifts, shift), append(rates, rate)
	}
	opened := tx.Exec(`update matcher.shift s set state = 'open', pay_per_hour = u.rate, priority = ? from unnest(?::uuid[], ?::bigint[]) u(id, rate)
		where s.id = u.id and s.booking_id = ? and s.state = 'draft'`, priority, postgres.ArrayOf(shifts), postgres.ArrayOf(rates), id)
	if opened.Error != nil {
		return opened.Error
	}
	var left int
	if err := tx.Raw(`select count(*) from matcher.shift where booking_id = ? and state = 'draft'`, id).Scan(&left).Error; err != nil {
		return err
	}
	if left > 0 {
		return fmt.Errorf("the quote %s prices %d shifts fewer than booking %s has", quoteID, left, id)
	}
	if err := tx.Exec(`insert into matcher.seat (shift_id, seat_no, merchant_id) select s.id, n, s.merchant_id from matcher.shift s, generate_series(1, s.seats) n
		where s.booking_id = ?`, id).Error; err != nil {
		return err
	}
	trials := rules.V1().Trials
	if err := tx.Exec(`insert into matcher.seat (shift_id, seat_no, merchant_id, kind)
		select s.id, s.seats + n, s.merchant_id, 'trial' from matcher.booking b join matcher.shift s on s.booking_id = b.id
			cross join lateral generate_series(1, least((s.seats + ? - 1) / ?, ?)) n
		where b.id = ? and b.trial_seats_allowed`, trials.SeatsPer, trials.SeatsPer, trials.SeatsMost, id).Error; err != nil {
		return err
	}
	return tx.Exec(`update matcher.booking set state = 'confirmed', quote_id = ?, price_book = ?, priority = ?, confirmed_at = ?, version = version + 1 where id = ?`,
		quoteID, priceBook, priority, tx.Now, id).Error
}

// selectShifts reads a booking's shifts in order of time.
func selectShifts(tx *postgres.Tx, bookingID uuid.UUID) ([]Shift, error) {
	var rows []struct {
		Shift
		Pay              *int64
		Currency         string
		RequirementsJSON string
	}
	err := tx.Raw(`select s.id, s.booking_id, s.starts_at, s.ends_at, s.seats, s.pay_per_hour as pay, s.currency, s.state, c.filled, c.offered, c.open, c.trial_seats, c.trial_held,
			(select coalesce(json_agg(json_build_object('tag', t.tag, 'level', t.level) order by t.tag), '[]')::text from unnest(s.tags, s.levels) t(tag, level)) as requirements_json
		from matcher.shift s
		cross join lateral (select count(*) filter (where t.state = 'held' and t.kind = 'regular') as filled, count(*) filter (where t.state = 'offered') as offered,
			count(*) filter (where t.state = 'open' and t.kind = 'regular') as open, count(*) filter (where t.state <> 'cancelled' and t.kind = 'trial') as trial_seats,
			count(*) filter (where t.state = 'held' and t.kind = 'trial') as trial_held from matcher.seat t where t.shift_id = s.id) c
		where s.booking_id = ? order by s.starts_at, s.id`, bookingID).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	shifts := make([]Shift, len(rows))
	for i, row := range rows {
		shifts[i] = row.Shift
		if row.Pay != nil {
			shifts[i].PayPerHour = &money.Money{Amount: *row.Pay, Currency: row.Currency}
		}
		if err := json.Unmarshal([]byte(row.RequirementsJSON), &shifts[i].Tags); err != nil {
			return nil, fmt.Errorf("read shift %s: %w", row.ID, err)
		}
	}
	return shifts, nil
}
