package billing

import (
	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/web"
)

// What billing refuses.
var (
	ErrQuoteExpired = fault.New(fault.Conflict, "quote_expired",
		"报价已过期，请重新报价。", "The quote has expired; ask for a new one.")
	ErrQuoteOutdated = fault.New(fault.Conflict, "quote_outdated",
		"报价之后预订有改动，请重新报价。", "The booking changed after the quote; ask for a new one.")
	ErrQuoteUsed = fault.New(fault.Conflict, "quote_used",
		"这份报价或这个预订已经确认过。", "This quote or this booking was confirmed already.")
	ErrInsufficientFunds = fault.New(fault.Conflict, "insufficient_funds",
		"钱包余额不足，请先充值。", "The wallet holds too little; top it up first.")
	ErrBookingNotDraft = fault.New(fault.Conflict, "booking_not_draft",
		"只有未确认的预订可以报价。", "Only a booking that is not confirmed can be quoted.")
	ErrTooManySeats = fault.New(fault.Conflict, "too_many_seats",
		"取消的坐席数超过了还能取消的数量。", "More seats than can still be cancelled.")
	ErrApproved = fault.New(fault.Conflict, "timesheet_approved",
		"工时单已经批准。", "The timesheet was approved already.")
	ErrDisputed = fault.New(fault.Conflict, "timesheet_disputed",
		"每张工时单只能提出一次。", "A timesheet can be disputed once, and objected to once.")
	ErrTooManyMinutes = fault.New(fault.Conflict, "too_many_minutes",
		"分钟数超过了范围。", "More minutes than there are.")
	ErrObjectionClosed = fault.New(fault.Conflict, "objection_closed",
		"提出异议的期限已过。", "The time to object has passed.")
	ErrAnswered = fault.New(fault.Conflict, "dispute_answered",
		"已经答复过。", "It was answered already.")
	ErrRuled = fault.New(fault.Conflict, "dispute_ruled",
		"已经裁决。", "It was ruled already.")
	ErrTopUpSettled = fault.New(fault.Conflict, "top_up_settled",
		"这笔充值已经到账。", "This top-up was settled already.")
	ErrMovedAlready = fault.New(fault.Conflict, "already_settled",
		"这笔款项已经处理过。", "This money moved already.")
)

// faultOf turns the name of a broken constraint into its fault.
func faultOf(err error) error {
	switch postgres.Constraint(err) {
	case "balance_wallet_not_negative":
		return ErrInsufficientFunds.Because(err)
	case "transaction_cause_once", "settlement_timesheet_once", "settlement_dispute_once":
		return ErrMovedAlready.Because(err)
	case "hold_quote_once", "hold_pkey", "hold_line_pkey":
		return ErrQuoteUsed.Because(err)
	case "dispute_once":
		return ErrDisputed.Because(err)
	case "price_book_pkey":
		return web.ErrChanged.Because(err)
	}
	return err
}
