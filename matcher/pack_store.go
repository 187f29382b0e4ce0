package matcher

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"peakseat/internal/fact"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// packColumns are what the rules ask of a shift s about its shop's pack: the shop, and the quiz that its seats ask for now.
const packColumns = `s.shop_id, coalesce((select k.quiz_version from matcher.pack k where k.shop_id = s.shop_id and k.since <= platform.rules_now() order by k.version desc limit 1), 0)`

// queueOwnPacks reads which quizzes the agent passed.
func queueOwnPacks(b *pgx.Batch, a *agentFacts) {
	a.packs = map[uuid.UUID]int{}
	b.Queue(`select shop_id, max(version) from matcher.pack_pass where agent_id = $1 group by shop_id`, a.id).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var shop uuid.UUID
			var version int
			if err := rows.Scan(&shop, &version); err != nil {
				return err
			}
			a.packs[shop] = version
		}
		return rows.Err()
	})
}

// askPacks reads the same of candidates.
func askPacks(ask func(query string, scan func(rows pgx.Rows) error, args ...any), of func(id uuid.UUID, do func(c *candidate))) {
	ask(`select agent_id, shop_id, version from matcher.pack_pass where `, func(rows pgx.Rows) error {
		var id, shop uuid.UUID
		var version int
		if err := rows.Scan(&id, &shop, &version); err != nil {
			return err
		}
		of(id, func(c *candidate) {
			if c.packs == nil {
				c.packs = map[uuid.UUID]int{}
			}
			c.packs[shop] = max(c.packs[shop], version)
		})
		return nil
	})
}

// insertPack takes over a version; false where it was known.
func insertPack(tx *postgres.Tx, f fact.PackPublished) (fresh bool, err error) {
	r := tx.Exec(`insert into matcher.pack (shop_id, version, merchant_id, quiz_version, since, published_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
		f.ShopID, f.Version, f.MerchantID, f.QuizVersion, f.InForceAt, f.PublishedAt)
	return r.RowsAffected == 1, r.Error
}

func insertPass(tx *postgres.Tx, f fact.PackQuizGraded, at time.Time) error {
	return tx.Exec(`insert into matcher.pack_pass (agent_id, shop_id, version, merchant_id, attempt_id, passed_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
		f.AgentID, f.ShopID, f.Version, f.MerchantID, f.AttemptID, at).Error
}

func deletePass(tx *postgres.Tx, f fact.PackQuizGraded) error {
	return tx.Exec(`delete from matcher.pack_pass where attempt_id = ?`, f.AttemptID).Error
}

// lockPack keeps a version from being applied twice; false where it was.
func lockPack(tx *postgres.Tx, k packKey) (waits bool, err error) {
	var found []int
	err = tx.Raw(`select version from matcher.pack where shop_id = ? and version = ? and not applied for update`, k.ShopID, k.Version).Scan(&found).Error
	return len(found) > 0, err
}

// selectStaleOffers lists the live offers of a shop's seats to agents who did not pass the quiz in force.
func selectStaleOffers(tx *postgres.Tx, shop uuid.UUID) (list []due, err error) {
	err = tx.Raw(`select o.id, o.shift_id, o.agent_id from matcher.offer o join matcher.shift s on s.id = o.shift_id
		where o.state = 'live' and s.shop_id = ? and not exists (select from matcher.pack_pass p
			where p.agent_id = o.agent_id and p.shop_id = s.shop_id and p.version >= matcher.pack_needed(s.shop_id, ?))
		  and matcher.pack_needed(s.shop_id, ?) > 0`, shop, tx.Now, tx.Now).Scan(&list).Error
	return list, err
}

// holder is an agent with seats for which a quiz is to be passed.
type holder struct {
	AgentID uuid.UUID
	Seats   int
	First   time.Time // start
}

// selectHolders lists who holds seats of a shop that start then or later and did not pass the quiz; version 0: whatever they passed.
func selectHolders(tx *postgres.Tx, shop uuid.UUID, from time.Time, version int) (list []holder, err error) {
	err = tx.Raw(`select a.agent_id, count(*) as seats, min(a.starts_at) as first
		from matcher.shift s join matcher.assignment a on a.shift_id = s.id
		where s.shop_id = ? and s.merchant_id = (select h.merchant_id from matcher.shop h where h.id = ?) and s.starts_at >= ? and s.state = 'open' and a.state = 'held'
			and (? = 0 or not exists (select from matcher.pack_pass p where p.agent_id = a.agent_id and p.shop_id = s.shop_id and p.version >= ?))
		group by a.agent_id order by min(a.starts_at), a.agent_id`, shop, shop, from, version, version).Scan(&list).Error
	return list, err
}

// insertRelease notes that a seat is taken back for the quiz, where that is still so. The locks of its shift and agent are held.
func insertRelease(tx *postgres.Tx, assignment uuid.UUID) (still bool, err error) {
	book := rules.V1().Packs
	r := tx.Exec(`insert into matcher.pack_release (assignment_id, shop_id, merchant_id, agent_id, version, released_at)
		select a.id, s.shop_id, a.merchant_id, a.agent_id, matcher.pack_needed(s.shop_id, a.starts_at - make_interval(secs => ?)), ?
		from matcher.assignment a join matcher.shift s on s.id = a.shift_id
		where a.id = ? and a.state = 'held' and a.starts_at <= ? and `+quizOpen, book.Notice.Seconds(), tx.Now, assignment, tx.Now.Add(book.Deadline), book.Notice.Seconds())
	if r.Error != nil {
		return false, fmt.Errorf("note a seat taken back: %w", r.Error)
	}
	return r.RowsAffected == 1, nil
}
