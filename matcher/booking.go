package matcher

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/fact"
	"peakseat/internal/fault"
	"peakseat/internal/money"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
	"peakseat/internal/rules"
	"peakseat/internal/web"
)

// Booking is a merchant's order: dates, daily windows, seats and what they require.
type Booking struct {
	ID                uuid.UUID     `json:"id"`
	MerchantID        uuid.UUID     `json:"merchant_id"`
	ShopID            uuid.UUID     `json:"shop_id"`
	ShopName          string        `json:"shop_name"`
	CampaignID        *uuid.UUID    `json:"campaign_id,omitempty"`
	Title             string        `json:"title"`
	StartsOn          Date          `json:"starts_on" format:"date"`
	EndsOn            Date          `json:"ends_on" format:"date"`
	TimeZone          string        `json:"time_zone"`
	Windows           []Window      `json:"windows" gorm:"-" nullable:"false"`
	Requirements      []Requirement `json:"requirements" gorm:"-" nullable:"false"`
	CoreTeam          []uuid.UUID   `json:"core_team" gorm:"-" nullable:"false"`
	TrialSeatsAllowed bool          `json:"trial_seats_allowed" doc:"newcomers may try out in extra seats beside ours, each with a mentor who holds one of ours; they cost us nothing"`
	Priority          int           `json:"priority"`
	State             string        `json:"state" enum:"draft,confirmed,cancelled,finished"`
	RulesVersion      int           `json:"rules_version"`
	PriceBook         *int          `json:"price_book,omitempty" doc:"version of the price book that the quote used"`
	QuoteID           *uuid.UUID    `json:"quote_id,omitempty"`
	Shifts            int           `json:"shifts"`
	Seats             int           `json:"seats"`
	Filled            int           `json:"filled"`
	Version           int64         `json:"version"`
	CreatedAt         time.Time     `json:"created_at"`
	ConfirmedAt       *time.Time    `json:"confirmed_at,omitempty"`
}

// ETag is the booking's version.
func (b *Booking) ETag() string { return web.ETag(b.Version) }

// Window is a time of day that repeats on every date, local to the shop. An end at or
// before the start is on the next day.
type Window struct {
	Start string `json:"start" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"18:00"`
	End   string `json:"end" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" example:"02:00"`
	Seats int    `json:"seats" minimum:"1" maximum:"5000"`
}

// Requirement is a skill tag that every seat of the booking needs, at a least level.
type Requirement struct {
	Tag   string `json:"tag" example:"function/presale"`
	Level int    `json:"level" minimum:"1" maximum:"5"`
}

// BookingRequest is what a merchant says of a booking.
type BookingRequest struct {
	ShopID            uuid.UUID     `json:"shop_id" format:"uuid"`
	CampaignID        *uuid.UUID    `json:"campaign_id,omitempty" format:"uuid"`
	Title             string        `json:"title" minLength:"1" maxLength:"120"`
	StartsOn          Date          `json:"starts_on" format:"date" doc:"first date, local to the shop"`
	EndsOn            Date          `json:"ends_on" format:"date" doc:"last date, included"`
	Windows           []Window      `json:"windows" minItems:"1" maxItems:"12" nullable:"false"`
	Requirements      []Requirement `json:"requirements" maxItems:"12" nullable:"false"`
	CoreTeam          []uuid.UUID   `json:"core_team,omitempty" maxItems:"5000"`
	TrialSeatsAllowed bool          `json:"trial_seats_allowed,omitempty"`
}

// What one booking may ask for at most.
const (
	mostDays      = 62
	bookedAheadBy = 400 // days
)

// Shift is one window of a booking on one date.
type Shift struct {
	ID         uuid.UUID     `json:"id"`
	BookingID  uuid.UUID     `json:"booking_id"`
	StartsAt   time.Time     `json:"starts_at"`
	EndsAt     time.Time     `json:"ends_at"`
	Seats      int           `json:"seats"`
	Filled     int           `json:"filled"`
	Offered    int           `json:"offered"`
	Open       int           `json:"open"`
	TrialSeats int           `json:"trial_seats" doc:"beside the others, paid by the platform"`
	TrialHeld  int           `json:"trial_seats_held"`
	PayPerHour *money.Money  `json:"pay_per_hour,omitempty" gorm:"-" doc:"from the quote; absent in a draft"`
	Tags       []Requirement `json:"requirements" gorm:"-" nullable:"false"`
	State      string        `json:"state" enum:"draft,open,ended,cancelled"`
}

// minutes are those of the window after its date's midnight; the end is after the start.
func (w Window) minutes() (start, end int, err error) {
	if start, err = clockMinutes(w.Start); err != nil {
		return 0, 0, err
	}
	if end, err = clockMinutes(w.End); err != nil {
		return 0, 0, err
	}
	if end <= start {
		end += 24 * 60
	}
	return start, end, nil
}

// clockMinutes reads "18:30" as 1110.
func clockMinutes(text string) (int, error) {
	hours, minutes, ok := strings.Cut(text, ":")
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	if !ok || errH != nil || errM != nil || len(text) != 5 || h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, fmt.Errorf("%q is no time of day", text)
	}
	return h*60 + m, nil
}

// span is one shift to be, and the window it comes from.
type span struct {
	start, end time.Time
	seats      int
	window     int
}

// spans lists the shifts of a booking in order of time, or every reason why it cannot have them.
func (r *BookingRequest) spans(loc *time.Location, book rules.Book, now time.Time) ([]span, error) {
	var wrong fault.Collect
	at := func(window int, part string) string { return fmt.Sprintf("/windows/%d/%s", window, part) }
	days := r.StartsOn.DaysUntil(r.EndsOn) + 1
	switch {
	case days < 1:
		wrong.Add("/ends_on", "before_start", "结束日期不能早于开始日期。", "The last date is before the first.")
	case days > mostDays:
		wrong.Add("/ends_on", "too_long", fmt.Sprintf("一个预订最多 %d 天，请分开预订。", mostDays), fmt.Sprintf("A booking has at most %d days; make several.", mostDays))
	case DateOf(now.In(loc)).DaysUntil(r.EndsOn) > bookedAheadBy:
		wrong.Add("/ends_on", "too_far", fmt.Sprintf("最多提前 %d 天预订。", bookedAheadBy), fmt.Sprintf("Bookings reach at most %d days ahead.", bookedAheadBy))
	}
	var all []span
	for i, w := range r.Windows {
		start, end, err := w.minutes()
		switch {
		case err != nil:
			wrong.Add(at(i, "start"), "bad_time", "应为时刻，例如 18:00。", "Give times of day such as 18:00.")
			continue
		case w.Start == w.End:
			wrong.Add(at(i, "end"), "no_length", "开始和结束相同，这个时段没有长度。", "Start and end are the same: the window has no length.")
			continue
		case time.Duration(end-start)*time.Minute > book.Hours.LongestOne:
			hours := int(book.Hours.LongestOne.Hours())
			wrong.Add(at(i, "end"), "too_long", fmt.Sprintf("一个班次最多 %d 小时，请拆成几个时段。", hours), fmt.Sprintf("A shift has at most %d hours; split the window.", hours))
			continue
		case w.Seats < 1:
			wrong.Add(at(i, "seats"), "too_small", "至少 1 席。", "At least 1 seat.")
			continue
		}
		for day := range max(0, min(days, mostDays)) {
			date := r.StartsOn.Add(day)
			all = append(all, span{start: date.At(start, loc), end: date.At(end, loc), seats: w.Seats, window: i})
		}
	}
	slices.SortFunc(all, func(a, b span) int {
		return cmp.Or(a.start.Compare(b.start), a.end.Compare(b.end), cmp.Compare(a.window, b.window))
	})
	told := map[[2]int]bool{}
	for i, s := range all {
		if i > 0 && s.start.Before(all[i-1].end) && !told[[2]int{all[i-1].window, s.window}] {
			told[[2]int{all[i-1].window, s.window}] = true
			wrong.Add(at(s.window, "start"), "overlap",
				fmt.Sprintf("与第 %d 个时段重叠（跨夜也算）。", all[i-1].window+1), fmt.Sprintf("Overlaps window %d (nights count too).", all[i-1].window+1))
		}
	}
	if len(all) > 0 && !all[0].start.After(now) {
		wrong.Add("/starts_on", "in_the_past", "第一个班次已经开始，请选择将来的时间。", "The first shift has already started; choose a time in the future.")
	}
	return all, wrong.Err()
}

// checkTags refuses tags that the taxonomy does not have and tags named twice.
func (r *BookingRequest) checkTags(tx *postgres.Tx, taxonomy Taxonomy) error {
	var wrong fault.Collect
	names := make([]string, len(r.Requirements))
	for i, q := range r.Requirements {
		if slices.Contains(names[:i], q.Tag) {
			wrong.Add(fmt.Sprintf("/requirements/%d/tag", i), "not_unique", "这个技能标签写了两次。", "This skill tag is named twice.")
		}
		names[i] = q.Tag
	}
	unknown, err := taxonomy.Unknown(tx, names)
	if err != nil {
		return err
	}
	for i, name := range names {
		if slices.Contains(unknown, name) {
			wrong.Add(fmt.Sprintf("/requirements/%d/tag", i), "unknown_tag",
				"没有技能标签「"+name+"」，可选项见 GET /tags。", "There is no skill tag "+name+"; GET /tags lists them.")
		}
	}
	return wrong.Err()
}

// CreateBooking drafts a booking for the actor's merchant. Nothing is held or opened yet.
func (s *Service) CreateBooking(ctx context.Context, r BookingRequest) (booking *Booking, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		id := newID()
		shop, spans, err := s.checkBooking(tx, &r)
		if err != nil {
			return err
		}
		if err := insertBooking(tx, id, r); err != nil {
			return err
		}
		if err := insertBookingParts(tx, id, r, shop, spans); err != nil {
			return err
		}
		booking, err = selectBooking(tx, id)
		return err
	})
	return booking, err
}

// ChangeBooking replaces a draft's wording, dates, windows and requirements. Quotes made before do not fit it any more.
func (s *Service) ChangeBooking(ctx context.Context, id uuid.UUID, version int64, r BookingRequest) (booking *Booking, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		current, err := lockBooking(tx, id)
		if err != nil {
			return err
		}
		if current.Version != version {
			return web.ErrChanged
		}
		if current.State != stateDraft {
			return ErrBookingNotDraft
		}
		shop, spans, err := s.checkBooking(tx, &r)
		if err != nil {
			return err
		}
		if err := updateDraft(tx, id, r); err != nil {
			return err
		}
		if err := deleteBookingParts(tx, id); err != nil {
			return err
		}
		if err := insertBookingParts(tx, id, r, shop, spans); err != nil {
			return err
		}
		booking, err = selectBooking(tx, id)
		return err
	})
	return booking, err
}

func (s *Service) checkBooking(tx *postgres.Tx, r *BookingRequest) (Shop, []span, error) {
	r.Title = strings.TrimSpace(r.Title)
	if r.Title == "" {
		return Shop{}, nil, fault.ErrInvalid.At("/title", "required", "请填写标题。", "Give it a title.")
	}
	// shared, so that its time zone stays what the booking is dated in
	shops, err := selectShops(tx, `id = ? and merchant_id = platform.organisation() for share`, r.ShopID)
	if err != nil {
		return Shop{}, nil, err
	}
	if len(shops) == 0 {
		return Shop{}, nil, fault.ErrInvalid.At("/shop_id", "unknown_shop", "你没有这个店铺。", "You have no such shop.")
	}
	if r.CampaignID != nil {
		var found int
		if err := tx.Raw(`select count(*) from matcher.campaign where id = ?`, *r.CampaignID).Scan(&found).Error; err != nil {
			return Shop{}, nil, err
		}
		if found == 0 {
			return Shop{}, nil, fault.ErrInvalid.At("/campaign_id", "unknown_campaign", "没有这个活动。", "There is no such campaign.")
		}
	}
	loc, err := zone(shops[0].TimeZone)
	if err != nil {
		return Shop{}, nil, err
	}
	spans, err := r.spans(loc, rules.V1(), tx.Now)
	if err != nil {
		return Shop{}, nil, err
	}
	return shops[0], spans, r.checkTags(tx, s.Taxonomy)
}

// Booking reads one of the actor's merchant's bookings; operators read any.
func (s *Service) Booking(ctx context.Context, id uuid.UUID) (booking *Booking, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		booking, err = selectBooking(tx, id)
		return err
	})
	return booking, err
}

// BookingsWanted are some of the bookings: of a state, with an open shift that runs or starts within a time, before an id (ids grow with
// time). What is zero wants all.
type BookingsWanted struct {
	State  string
	Within time.Duration
	Before uuid.UUID
	Limit  int
}

// Bookings lists them, the newest first.
func (s *Service) Bookings(ctx context.Context, which BookingsWanted) (bookings []Booking, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		bookings, err = selectBookings(tx, which)
		return err
	})
	return bookings, err
}

// BookingShifts lists a booking's shifts in order of time.
func (s *Service) BookingShifts(ctx context.Context, id uuid.UUID) (shifts []Shift, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		if _, err := selectBooking(tx, id); err != nil {
			return err
		}
		shifts, err = selectShifts(tx, id)
		return err
	})
	return shifts, err
}

// ConfirmBooking holds the quote's whole total and opens the shifts: both or neither.
func (s *Service) ConfirmBooking(ctx context.Context, id, quoteID uuid.UUID) (booking *Booking, err error) {
	err = postgres.InTx(ctx, s.App, func(tx *postgres.Tx) error {
		current, err := lockBooking(tx, id)
		if err != nil {
			return err
		}
		if current.State != stateDraft {
			return ErrBookingNotDraft
		}
		shifts, err := selectShifts(tx, id)
		if err != nil {
			return err
		}
		if len(shifts) == 0 || !shifts[0].StartsAt.After(tx.Now) {
			return ErrBookingStarted
		}
		pay, priceBook, err := s.Escrow.Hold(tx, id, quoteID)
		if err != nil {
			return err
		}
		priority, err := s.Escrow.QuotePriority(tx, quoteID)
		if err != nil {
			return err
		}
		if err := openShifts(tx, id, quoteID, priceBook, priority, pay); err != nil {
			return err
		}
		booking, err = selectBooking(tx, id)
		if err != nil {
			return err
		}
		return outbox.Append(tx, booking.confirmed(shifts))
	})
	return booking, err
}

func (b *Booking) confirmed(shifts []Shift) fact.BookingConfirmed {
	f := fact.BookingConfirmed{BookingID: b.ID.String(), MerchantID: b.MerchantID.String(), ShopID: b.ShopID.String(), QuoteID: b.QuoteID.String()}
	for _, shift := range shifts {
		f.ShiftIDs = append(f.ShiftIDs, shift.ID.String())
	}
	for _, agent := range b.CoreTeam {
		f.CoreTeam = append(f.CoreTeam, agent.String())
	}
	return f
}

const stateDraft = "draft"

// The refusals of bookings.
var (
	ErrBookingNotDraft = fault.New(fault.Conflict, "booking_not_draft",
		"这个预订已经确认或取消，不能再改。要改席位请取消后重新预订。", "This booking is confirmed or cancelled and cannot be changed; cancel seats and book again.")
	ErrBookingStarted = fault.New(fault.Conflict, "booking_started",
		"第一个班次已经开始，请修改日期后重新报价。", "The first shift has already started; change the dates and quote again.")
)
