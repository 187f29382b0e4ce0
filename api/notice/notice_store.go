package notice

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// lockPositions makes positions become visible in their order: a stream that has sent one has missed none below.
func lockPositions(tx *postgres.Tx) error {
	return tx.Exec(`select pg_advisory_xact_lock(hashtextextended('notice.position', 0))`).Error
}

// insertNotice writes a notice where the recipient was not told of the fact before.
func insertNotice(tx *postgres.Tx, d draft, e outbox.Envelope) (id uuid.UUID, fresh bool, err error) {
	id, err = uuid.NewV7()
	if err != nil {
		return uuid.Nil, false, fmt.Errorf("make a notice's id: %w", err)
	}
	subject, err := json.Marshal(d.subject)
	if err != nil {
		return uuid.Nil, false, err
	}
	figures, err := json.Marshal(d.figures)
	if err != nil {
		return uuid.Nil, false, err
	}
	done := tx.Exec(`insert into notice.notice (id, fact_id, account_id, organisation_id, roles, kind, subject, figures, created_at)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
		id, e.ID, orNull(d.to.account), orNull(d.to.organisation), rolesOrNull(d.to.roles), d.kind, string(subject), string(figures), e.Time)
	return id, done.RowsAffected == 1, done.Error
}

// row is a notice as it is stored.
type row struct {
	ID               uuid.UUID
	Position         int64
	Kind             Kind
	Subject, Figures []byte
	CreatedAt        time.Time
	ReadAt           *time.Time
}

// mine are the actor's notices beyond a position. Two ordered scans, because an index gives no order to an "or".
const mine = `
	select n.* from (
		(select * from notice.notice a where a.account_id = platform.account() and a.position > @after and a.position < @before and %[1]s order by position %[2]s limit @limit)
		union all
		(select * from notice.notice a where a.organisation_id = platform.organisation() and a.position > @after and a.position < @before and %[1]s order by position %[2]s limit @limit)
	) n order by position %[2]s limit @limit`

const (
	anyNotice = `true`
	notRead   = `not exists (select from notice.reading r where r.account_id = platform.account() and r.notice_id = a.id)`
)

// selectBefore are the notices before a position, newest first; all of them where it is 0.
func selectBefore(tx *postgres.Tx, before int64, unread bool, limit int) ([]Notice, error) {
	if before == 0 {
		before = lastPosition
	}
	if !unread {
		return selectRows(tx, anyNotice, "desc", 0, before, limit)
	}
	through, err := selectReadThrough(tx)
	if err != nil {
		return nil, err
	}
	return selectRows(tx, notRead, "desc", through, before, limit)
}

// selectNext are the notices after a position, oldest first.
func selectNext(tx *postgres.Tx, after int64, limit int) ([]Notice, error) {
	return selectRows(tx, anyNotice, "asc", after, lastPosition, limit)
}

const lastPosition = 1<<63 - 1

func selectRows(tx *postgres.Tx, which, order string, after, before int64, limit int) ([]Notice, error) {
	var rows []row
	err := tx.Raw(`select m.id, m.position, m.kind, m.subject, m.figures, m.created_at, r.read_at
		from (`+fmt.Sprintf(mine, which, order)+`) m
		left join notice.reading r on r.account_id = platform.account() and r.notice_id = m.id order by m.position `+order,
		map[string]any{"after": after, "before": before, "limit": limit}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read notices: %w", err)
	}
	list := make([]Notice, len(rows))
	for i, r := range rows {
		list[i] = Notice{ID: r.ID, Kind: r.Kind, CreatedAt: r.CreatedAt.UTC(), ReadAt: r.ReadAt, position: r.Position}
		if err := json.Unmarshal(r.Subject, &list[i].Subject); err != nil {
			return nil, fmt.Errorf("read a notice's subject: %w", err)
		}
		if err := json.Unmarshal(r.Figures, &list[i].Figures); err != nil {
			return nil, fmt.Errorf("read a notice's figures: %w", err)
		}
	}
	return list, nil
}

// countUnread counts up to the limit.
func countUnread(tx *postgres.Tx, limit int) (n int, err error) {
	through, err := selectReadThrough(tx)
	if err != nil {
		return 0, err
	}
	err = tx.Raw(`select count(*) from (`+fmt.Sprintf(mine, notRead, "desc")+`) m`,
		map[string]any{"after": through, "before": int64(lastPosition), "limit": limit}).Scan(&n).Error
	return n, err
}

func selectReadThrough(tx *postgres.Tx) (position int64, err error) {
	err = tx.Raw(`select coalesce(max(position), 0) from notice.read_through where account_id = ? and organisation_id = ?`,
		tx.Actor.AccountID, tx.Actor.OrganisationID).Scan(&position).Error
	return position, err
}

// selectPosition is where a notice of the actor's stands; ErrNotFound. The zero id stands before all.
func selectPosition(tx *postgres.Tx, id uuid.UUID) (int64, error) {
	if id == uuid.Nil {
		return 0, nil
	}
	var found []int64
	if err := tx.Raw(`select position from notice.notice where id = ?`, id).Scan(&found).Error; err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, fault.ErrNotFound
	}
	return found[0], nil
}

func insertReading(tx *postgres.Tx, id uuid.UUID) error {
	return tx.Exec(`insert into notice.reading (account_id, notice_id, read_at) values (?, ?, ?) on conflict do nothing`,
		tx.Actor.AccountID, id, tx.Now).Error
}

// insertReadings marks all up to a position as read.
func insertReadings(tx *postgres.Tx, position int64) error {
	through, err := selectReadThrough(tx)
	if err != nil {
		return err
	}
	err = tx.Exec(`insert into notice.reading (account_id, notice_id, read_at)
		select @account, n.id, @now from notice.notice n
		where (n.account_id = platform.account() or n.organisation_id = platform.organisation()) and n.position > @after and n.position <= @through
		on conflict do nothing`,
		map[string]any{"account": tx.Actor.AccountID, "now": tx.Now, "after": through, "through": position}).Error
	if err != nil {
		return err
	}
	return tx.Exec(`insert into notice.read_through (account_id, organisation_id, position) values (?, ?, ?)
		on conflict (account_id, organisation_id) do update set position = greatest(read_through.position, excluded.position)`,
		tx.Actor.AccountID, tx.Actor.OrganisationID, position).Error
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func rolesOrNull(roles []auth.Role) any {
	if roles == nil {
		return nil
	}
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return postgres.ArrayOf(names)
}
