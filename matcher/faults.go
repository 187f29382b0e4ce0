package matcher

import (
	"time"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
)

// The faults of taking and giving back seats.
var (
	ErrShiftFull = fault.New(fault.Conflict, "shift_full",
		"这个班次的坐席都已有人。", "Every seat of this shift is held.")
	ErrNoOpenSeat = fault.New(fault.Conflict, "no_open_seat",
		"剩下的坐席都已派单给别人，正在等答复；请在 retry_at 之后再试。", "The remaining seats are offered to others, who have yet to answer; try again at retry_at.")
	ErrShiftClosed = fault.New(fault.Conflict, "shift_closed",
		"这个班次不再接受抢单。", "This shift takes no more claims.")
	ErrNotEligible = fault.New(fault.Forbidden, "agent_not_eligible",
		"你还不符合这个班次的要求，原因见 rules。", "You do not meet what this shift requires; rules says why.")
	ErrTimeOverlap = fault.New(fault.Conflict, "time_overlap",
		"与你已有的排班时间重叠。", "It overlaps a shift that you hold.")
	ErrRestTooShort = fault.New(fault.Conflict, "rest_too_short",
		"与你已有的排班之间休息时间不够。", "It leaves too little rest beside a shift that you hold.")
	ErrHoursExceeded = fault.New(fault.Conflict, "hours_exceeded",
		"超过了每日或每周的工时上限。", "It exceeds the hours of a day or a week.")
	ErrAlreadyReleased = fault.New(fault.Conflict, "assignment_not_held",
		"这个排班已经不在你名下。", "You do not hold this assignment any more.")
	ErrReleaseTooLate = fault.New(fault.Conflict, "release_too_late",
		"班次已经开始，不能再释放坐席。", "The shift has started; the seat cannot be released.")
	ErrOfferEnded = fault.New(fault.Conflict, "offer_ended",
		"这个派单已经结束。", "This offer has ended.")
	ErrOfferExpired = fault.New(fault.Conflict, "offer_expired",
		"这个派单已经过期。", "This offer has expired.")
	ErrTooManyClaims = fault.New(fault.Unavailable, "overloaded",
		"抢单的人太多，请稍等再试。", "Too many are claiming at once; try again in a moment.")
)

// faultOf turns the constraint that a statement broke into what the caller may read. Under
// the locks they stay silent; they are the last guard.
func faultOf(err error) error {
	switch postgres.Constraint(err) {
	case "agent_not_twice", "agent_offered_once":
		return ErrTimeOverlap.Because(err)
	case "agent_rests":
		return ErrRestTooShort.Because(err)
	case "day_cap", "week_cap":
		return ErrHoursExceeded.Because(err)
	case "seat_held_once":
		return ErrShiftFull.Because(err)
	}
	switch postgres.Code(err) {
	case "55P03", "57014", "40P01", "PS001": // others hold locks too long, or overtook us every time
		return fault.ErrUnavailable.After(time.Second).Because(err)
	}
	return err
}
