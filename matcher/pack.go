package matcher

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
)

// A shop's brand pack may ask for a quiz. Seats of the shop are for those who passed the quiz of the version in force: that is
// a rule of eligibility like any other, asked whenever a seat is taken.
//
// A new version takes no seat away at once. Who holds a seat keeps it and has until rules.Packs.Deadline before its start;
// then it is released, which is no fault of theirs, and offered to the next best. Seats that start sooner than rules.Packs.Notice
// after the version came into force are worked as they are, and so is whatever has begun. Offers are promises of nothing yet:
// they are withdrawn when the version comes into force.

// PackNeeded names a quiz.
type PackNeeded struct {
	ShopID  uuid.UUID `json:"shop_id" format:"uuid"`
	Version int       `json:"version"`
}

// ErrPackQuiz is the refusal to begin a seat whose quiz is not passed.
var ErrPackQuiz = fault.New(fault.Conflict, "pack_quiz_not_passed",
	"这个店铺的品牌资料包有新版本，请先通过它的测验再签到。", "The shop's brand pack has a new version; pass its quiz before you check in.")

// packRule asks for the quiz of the shop's pack.
func packRule(a *agentFacts, s *shiftFacts) Rule {
	passed := a.packs[s.shop]
	return Rule{Name: rulePack, Pack: &PackNeeded{s.shop, s.pack}, Passed: passed >= s.pack, texts: func() (fault.Text, fault.Text, fault.Text) {
		value := fault.Text{ZH: "还没通过", EN: "not passed"}
		if passed > 0 {
			n := strconv.Itoa(passed)
			value = fault.Text{ZH: "通过了第 " + n + " 版", EN: "passed version " + n}
		}
		n := strconv.Itoa(s.pack)
		return value, fault.Text{ZH: "第 " + n + " 版资料包的测验", EN: "the quiz of version " + n},
			fault.Text{ZH: "读本店第 " + n + " 版资料包，通过它的测验。", EN: "Read version " + n + " of this shop's brand pack and pass its quiz."}
	}}
}

// packTag stands for a shop's quiz among the tags of the planning model, which knows nothing else that must be held.
func packTag(shop uuid.UUID) string { return "pack/" + shop.String() }

// asked are the shift's tags, and the one that stands for its quiz.
func (s *planShift) asked() []Requirement {
	if s.pack == 0 {
		return s.tags
	}
	return append(slices.Clip(s.tags), Requirement{Tag: packTag(s.shop), Level: 1})
}

func packsOf(shifts []*planShift) map[uuid.UUID]int {
	packs := map[uuid.UUID]int{}
	for _, s := range shifts {
		if s.pack > 0 {
			packs[s.shop] = s.pack
		}
	}
	return packs
}

func packConsumer() outbox.Consumer {
	return outbox.Consumer{
		Name: "matcher-packs", Types: []string{fact.PackPublished{}.Type(), fact.PackQuizGraded{}.Type()}, Handle: followPacks,
	}
}

// followPacks keeps the matcher's copy of packs and of who passed their quizzes. It takes no locks: a version that is published
// or passed while a claim runs is known to the next one, and what the claim took is due like any other seat.
func followPacks(tx *postgres.Tx, e outbox.Envelope) error {
	if e.Type == (fact.PackPublished{}).Type() {
		f, err := outbox.Decode[fact.PackPublished](e)
		if err != nil {
			return err
		}
		return followPublished(tx, f)
	}
	f, err := outbox.Decode[fact.PackQuizGraded](e)
	if err != nil {
		return err
	}
	agent, err := readID(f.AgentID)
	if err != nil {
		return err
	}
	if err := insertAgents(tx, []uuid.UUID{agent}); err != nil {
		return err
	}
	if f.Passed {
		err = insertPass(tx, f, e.Time)
	} else {
		err = deletePass(tx, f) // a second marking took the result back
	}
	if err != nil {
		return err
	}
	return outbox.Append(tx, fact.AgentChanged{AgentID: f.AgentID})
}

// followPublished takes over a version, and tells those who hold seats by when they must have passed its quiz.
func followPublished(tx *postgres.Tx, f fact.PackPublished) error {
	shop, err := readID(f.ShopID)
	if err != nil {
		return err
	}
	fresh, err := insertPack(tx, f)
	if err != nil || !fresh || f.QuizVersion != f.Version {
		return err
	}
	book := rules.V1().Packs
	holders, err := selectHolders(tx, shop, later(tx.Now, f.InForceAt.Add(book.Notice)), f.QuizVersion)
	if err != nil {
		return err
	}
	news := make([]fact.Fact, 0, len(holders)+1)
	for _, h := range holders {
		until, _ := book.Due(h.First, f.InForceAt)
		news = append(news, fact.PackQuizDue{
			AgentID: h.AgentID.String(), ShopID: f.ShopID, MerchantID: f.MerchantID, Version: f.Version, Seats: h.Seats, Until: until,
		})
	}
	if len(holders) > 0 {
		news = append(news, fact.PackHoldersAsked{ShopID: f.ShopID, MerchantID: f.MerchantID, Version: f.Version, Agents: len(holders), InForceAt: f.InForceAt})
	}
	return outbox.Append(tx, news...)
}

// packEvery is how late a version or a deadline may be acted on.
const packEvery = time.Second

func (s *Service) packLoop(ctx context.Context) error {
	return every(ctx, packEvery, "following brand packs", s.SweepPacks)
}

// SweepPacks withdraws offers that a version which came into force makes void, and releases the seats whose quiz was not
// passed in time. Any number may run at once.
func (s *Service) SweepPacks(ctx context.Context) error {
	for _, step := range []func(context.Context) (int, error){s.sweepInForce, s.sweepUnpassed} {
		for {
			done, err := step(ctx)
			if err != nil {
				return err
			}
			if done < sweepBatch {
				break
			}
		}
	}
	return nil
}

// sweepInForce withdraws, once for each version, the shop's live offers to agents who did not pass.
func (s *Service) sweepInForce(ctx context.Context) (int, error) {
	var found []packKey
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select shop_id, version from matcher.pack where not applied and since <= ? order by since limit ?`, tx.Now, sweepBatch).Scan(&found).Error
	})
	if err != nil {
		return 0, err
	}
	for _, k := range found {
		if err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error { return applyPack(tx, k) }); err != nil {
			return 0, err
		}
		s.market.tellFreed()
	}
	return len(found), nil
}

type packKey struct {
	ShopID  uuid.UUID
	Version int
}

func applyPack(tx *postgres.Tx, k packKey) error {
	waits, err := lockPack(tx, k)
	if err != nil || !waits {
		return err
	}
	stale, err := selectStaleOffers(tx, k.ShopID)
	if err != nil {
		return err
	}
	var offers, shifts, agents []uuid.UUID
	for _, d := range stale {
		offers, shifts, agents = append(offers, d.ID), append(shifts, d.ShiftID), append(agents, d.AgentID)
	}
	if len(offers) > 0 {
		if err := lock(tx, distinct(shifts), distinct(agents)); err != nil {
			return err
		}
		if err := withdrawOffers(tx, offers); err != nil {
			return err
		}
	}
	return tx.Exec(`update matcher.pack set applied = true where shop_id = ? and version = ?`, k.ShopID, k.Version).Error
}

// quizOpen holds of an assignment a of a shift s whose quiz its agent did not pass: that of the version in force Notice before
// its start. ? is Notice in seconds.
const quizOpen = `matcher.pack_needed(s.shop_id, a.starts_at - make_interval(secs => ?)) > coalesce((select max(p.version) from matcher.pack_pass p where p.agent_id = a.agent_id and p.shop_id = s.shop_id), 0)`

// sweepUnpassed releases seats whose deadline has passed, also late: nobody is a no-show who was not let in.
func (s *Service) sweepUnpassed(ctx context.Context) (int, error) {
	book := rules.V1().Packs
	var found []due
	err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
		return tx.Raw(`select a.id, a.shift_id, a.agent_id from matcher.assignment a join matcher.shift s on s.id = a.shift_id
			where a.state = 'held' and a.starts_at <= ? and `+quizOpen+` order by a.starts_at limit ?`, tx.Now.Add(book.Deadline), book.Notice.Seconds(), sweepBatch).Scan(&found).Error
	})
	if err != nil {
		return 0, err
	}
	for _, d := range found {
		err := postgres.InTx(ctx, s.System, func(tx *postgres.Tx) error {
			if err := lock(tx, []uuid.UUID{d.ShiftID}, []uuid.UUID{d.AgentID}); err != nil {
				return err
			}
			still, err := insertRelease(tx, d.ID)
			if err != nil || !still {
				return err
			}
			return withdrawAssignments(tx, []uuid.UUID{d.ID}, "pack")
		})
		if err != nil {
			return 0, err
		}
		s.market.tellFreed()
	}
	return len(found), nil
}

// mayBegin refuses a check-in to a seat whose quiz was not passed.
func mayBegin(tx *postgres.Tx, assignment uuid.UUID) error {
	var lacks bool
	if err := tx.Raw(`select `+quizOpen+` from matcher.assignment a join matcher.shift s on s.id = a.shift_id where a.id = ?`,
		rules.V1().Packs.Notice.Seconds(), assignment).Scan(&lacks).Error; err != nil {
		return err
	}
	if lacks {
		return ErrPackQuiz
	}
	return nil
}
