package matcher

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/money"
	"peakseat/internal/postgres"
)

// AssignedShift is what its agent is told of an assignment's shift: the shop, what it asks for, and until when what may be
// done, so that no page works out a deadline of the rule book.
type AssignedShift struct {
	ShopName         string        `json:"shop_name"`
	Industry         string        `json:"industry"`
	Channels         []string      `json:"channels" nullable:"false"`
	TimeZone         string        `json:"time_zone" doc:"the shop's"`
	Requirements     []Requirement `json:"requirements" nullable:"false"`
	Pay              money.Money   `json:"pay_per_hour"`
	CheckInOpensAt   time.Time     `json:"check_in_opens_at"`
	MissedAt         time.Time     `json:"missed_at" doc:"from then on the seat counts as missed if I have not checked in"`
	ReleaseFreeUntil time.Time     `json:"release_free_until"`
}

// describe adds their shifts to assignments. An agent who holds a seat knows its shop, also after one has blocked the other;
// shop and shift are another tenant's, so it runs under the system role.
func describe(tx *postgres.Tx, list []Attendance) error {
	shifts := make([]uuid.UUID, len(list))
	of := make(map[uuid.UUID][]*Attendance, len(list))
	for i := range list {
		shifts[i] = list[i].ShiftID
		of[shifts[i]] = append(of[shifts[i]], &list[i])
	}
	err := tx.Pgx(func(conn *pgx.Conn) error {
		rows, err := conn.Query(tx.Context(), `select s.id, h.name, h.industry, h.channels, s.time_zone, s.tags, s.levels, s.rules_version
			from matcher.shift s join matcher.shop h on h.id = s.shop_id where s.id = any ($1)`, shifts)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var (
				id      uuid.UUID
				shift   AssignedShift
				facts   shiftFacts
				tags    []string
				levels  []int32
				version int
			)
			if err := rows.Scan(&id, &shift.ShopName, &shift.Industry, &shift.Channels, &shift.TimeZone, &tags, &levels, &version); err != nil {
				return err
			}
			if err := facts.complete(tags, levels, shift.TimeZone, version); err != nil {
				return err
			}
			shift.Requirements = facts.tags
			for _, a := range of[id] {
				a.AssignedShift = shift
				a.Pay = money.Money{Amount: a.PayPerHour, Currency: a.Currency}
				a.StartsAt, a.EndsAt = a.StartsAt.In(facts.zone), a.EndsAt.In(facts.zone)
				a.CheckInOpensAt = a.StartsAt.Add(-facts.book.Attendance.CheckInOpens)
				a.MissedAt = a.StartsAt.Add(facts.book.Attendance.NoShowAfter)
				a.ReleaseFreeUntil = a.StartsAt.Add(-facts.book.Seats.FreeRelease)
			}
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("read the shifts of assignments: %w", err)
	}
	return nil
}
