package notice

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/money"
)

// Notice is something that happened, for somebody to know.
type Notice struct {
	ID        uuid.UUID  `json:"id"`
	Kind      Kind       `json:"kind"`
	Text      string     `json:"text" doc:"a sentence in the language of Accept-Language"`
	Subject   Subject    `json:"subject" doc:"the ids of what it is about"`
	Figures   Figures    `json:"figures"`
	CreatedAt time.Time  `json:"created_at" doc:"when it became true"`
	ReadAt    *time.Time `json:"read_at" doc:"null: unread"`

	position int64
}

// Kind is what sort of thing happened.
type Kind string

// The kinds, and for whom they are.
const (
	OfferMade          Kind = "offer_made"          // the agent
	OfferExpired       Kind = "offer_expired"       // the agent
	OfferWithdrawn     Kind = "offer_withdrawn"     // the agent
	SeatCancelled      Kind = "seat_cancelled"      // the agent: the merchant gave the seat up
	SeatLost           Kind = "seat_lost"           // the agent: a right was lost
	SeatReleased       Kind = "seat_released"       // the merchant: the agent gave the seat back
	MarkedMissing      Kind = "marked_missing"      // the agent
	AgentMissing       Kind = "agent_missing"       // the merchant
	SeatsCancelled     Kind = "seats_cancelled"     // the merchant
	TimesheetSubmitted Kind = "timesheet_submitted" // the merchant
	TimesheetSettled   Kind = "timesheet_settled"   // the agent; the merchant where nobody there approved it
	DisputeOpened      Kind = "dispute_opened"      // who has to answer
	DisputeToRule      Kind = "dispute_to_rule"     // operators
	DisputeRuled       Kind = "dispute_ruled"       // both sides
	PlanFinished       Kind = "plan_finished"       // operators
	WalletToppedUp     Kind = "wallet_topped_up"    // the merchant

	BadgeIssued     Kind = "credential_issued" // the agent, as the others below
	BadgeExpiring   Kind = "credential_expiring"
	BadgeSuspended  Kind = "credential_suspended"
	BadgeReinstated Kind = "credential_reinstated"
	BadgeRevoked    Kind = "credential_revoked"
	TierReached     Kind = "tier_reached"
	TierLost        Kind = "tier_lost"
	AppealUpheld    Kind = "appeal_upheld"
	AppealRefused   Kind = "appeal_refused"
	ExamPassed      Kind = "exam_passed"
	ExamFailed      Kind = "exam_failed"
	PackQuizDue     Kind = "pack_quiz_due"
	PackSeatLost    Kind = "pack_seat_lost"

	PackHoldersAsked Kind = "pack_holders_asked" // the merchant

	IdentityVerified Kind = "identity_verified" // the agent
	IdentityRefused  Kind = "identity_refused"

	RoleChanged Kind = "role_changed" // the member of an organisation
)

// Subject is the ids of what a notice is about; nothing else may stand here.
type Subject struct {
	OfferID      string `json:"offer_id,omitempty" format:"uuid"`
	PlanID       string `json:"plan_id,omitempty" format:"uuid"`
	ShiftID      string `json:"shift_id,omitempty" format:"uuid"`
	BookingID    string `json:"booking_id,omitempty" format:"uuid"`
	AssignmentID string `json:"assignment_id,omitempty" format:"uuid"`
	AgentID      string `json:"agent_id,omitempty" format:"uuid"`
	TimesheetID  string `json:"timesheet_id,omitempty" format:"uuid"`
	DisputeID    string `json:"dispute_id,omitempty" format:"uuid"`
	TopUpID      string `json:"top_up_id,omitempty" format:"uuid"`
	CredentialID string `json:"credential_id,omitempty" format:"uuid"`
	AttemptID    string `json:"attempt_id,omitempty" format:"uuid"`
	ShopID       string `json:"shop_id,omitempty" format:"uuid"`
}

// Figures are what a notice counts; each kind has its own.
type Figures struct {
	Until          *time.Time   `json:"until,omitempty" doc:"by when to act"`
	Minutes        *int64       `json:"minutes,omitempty"`
	MinutesToAgent *int64       `json:"minutes_to_agent,omitempty"`
	Seats          *int         `json:"seats,omitempty"`
	Filled         *int         `json:"filled,omitempty"`
	Offers         *int         `json:"offers,omitempty"`
	Amount         *money.Money `json:"amount,omitempty" doc:"what came in: pay, or a top-up"`
	Tax            *money.Money `json:"tax,omitempty" doc:"withheld from the pay"`
	Charge         *money.Money `json:"charge,omitempty" doc:"to the merchant"`
	Score          *int         `json:"score,omitempty" doc:"hundredths of a percent"`
	Agents         *int         `json:"agents,omitempty"`
	Version        *int         `json:"version,omitempty" doc:"of a brand pack"`
	Role           auth.Role    `json:"role,omitempty" doc:"the member's new one"`
}

// say is the notice with its sentence.
func (n Notice) say(language string, zone *time.Location) Notice {
	n.Text = n.text(zone).In(language)
	return n
}

// text is the notice as a sentence; times are shown in zone.
func (n Notice) text(zone *time.Location) fault.Text {
	f := n.Figures
	switch n.Kind {
	case OfferMade:
		return both("你收到一个派单，请在 %s 前答复。", "You have an offer; answer it by %s.", clockTime(f.Until, zone))
	case OfferExpired:
		return fault.Text{ZH: "一个派单已过期。", EN: "An offer to you has expired."}
	case OfferWithdrawn:
		return fault.Text{ZH: "一个派单已撤回。", EN: "An offer to you was withdrawn."}
	case SeatCancelled:
		return fault.Text{ZH: "商家取消了你的坐席。", EN: "The merchant cancelled your seat."}
	case SeatLost:
		return fault.Text{ZH: "一个班次的要求不再满足（试岗也需要导师在班），坐席已收回。请查看该班次的资格说明。", EN: "What a shift requires is no longer met (a trial needs its mentor, too), and its seat was taken back. See the shift's eligibility."}
	case SeatReleased:
		return fault.Text{ZH: "一位云客服退回了坐席，坐席已重新开放。", EN: "An agent gave a seat back; it is open again."}
	case MarkedMissing:
		return fault.Text{ZH: "你没有按时签到，已记为缺勤。坐席空着时仍可签到。", EN: "You did not check in in time and are marked as missing. You may still check in while the seat is free."}
	case AgentMissing:
		return fault.Text{ZH: "一位云客服没有按时签到，坐席已重新开放。", EN: "An agent did not check in; the seat is open for the rest of the shift."}
	case SeatsCancelled:
		return both("已取消 %d 个坐席，托管款已退回。", "%d seats were cancelled and their money returned.", number(f.Seats))
	case TimesheetSubmitted:
		return both("一份 %d 分钟的工时单等待确认。", "A timesheet of %d minutes awaits approval.", number(f.Minutes))
	case TimesheetSettled:
		if f.Charge != nil {
			return both("一份 %d 分钟的工时单已到期自动确认，支出 %s。", "A timesheet of %d minutes approved itself; it cost %s.", number(f.Minutes), amount(f.Charge))
		}
		return both("%d 分钟的工时已结算：报酬 %s，代扣税 %s。", "%d minutes were settled: pay %s, tax withheld %s.", number(f.Minutes), amount(f.Amount), amount(f.Tax))
	case DisputeOpened:
		return both("一份工时单有 %d 分钟存在争议，请答复。", "%d minutes of a timesheet are disputed; please answer.", number(f.Minutes))
	case DisputeToRule:
		return both("一个 %d 分钟的争议等待裁定，期限 %s。", "A dispute about %d minutes awaits a ruling by %s.", number(f.Minutes), clockTime(f.Until, zone))
	case DisputeRuled:
		return both("争议已裁定：%d 分钟中 %d 分钟归云客服。", "A dispute was ruled: of %d minutes, %d go to the agent.", number(f.Minutes), number(f.MinutesToAgent))
	case PlanFinished:
		return both("排班方案已完成：%d 个坐席，可填 %d 个，发出 %d 个派单。", "A plan is finished: of %d seats it fills %d; %d offers were sent.", number(f.Seats), number(f.Filled), number(f.Offers))
	case WalletToppedUp:
		return both("钱包到账 %s。", "%s arrived in the wallet.", amount(f.Amount))
	case BadgeIssued:
		return both("你获得了一张证书，有效期至 %s。", "You have earned a credential, valid until %s.", day(f.Until, zone))
	case BadgeExpiring:
		return both("你的一张证书将于 %s 到期，现在可以续期。", "A credential of yours ends on %s. You can renew it now.", day(f.Until, zone))
	case BadgeSuspended:
		return both("你的一张证书已被暂停至 %s，可以申诉。", "A credential of yours is suspended until %s. You may appeal.", clockTime(f.Until, zone))
	case BadgeReinstated:
		return fault.Text{ZH: "你的一张证书已恢复有效。", EN: "A credential of yours counts again."}
	case BadgeRevoked:
		return fault.Text{ZH: "你的一张证书已被吊销，可以申诉，由未参与此决定的人裁定。", EN: "A credential of yours was revoked. You may appeal; somebody who had no part in it decides."}
	case TierReached:
		return fault.Text{ZH: "你的星级提升了，原因见「我的星级」。", EN: "You have reached a higher tier; your tier's page says why."}
	case TierLost:
		return fault.Text{ZH: "你的星级下降了，原因和申诉方式见「我的星级」。", EN: "Your tier is lower now; its page says why and what you may appeal against."}
	case AppealUpheld:
		return fault.Text{ZH: "你的申诉成立。", EN: "Your appeal was upheld."}
	case AppealRefused:
		return fault.Text{ZH: "你的申诉未成立。", EN: "Your appeal was refused."}
	case PackQuizDue:
		return both("品牌资料包第 %d 版发布了，你有 %d 个班次需要通过它的测验，最早的截止时间是 %s。", "Version %d of a brand pack is out. %d of your shifts ask for its quiz, the first by %s.", number(f.Version), number(f.Seats), clockTime(f.Until, zone))
	case PackSeatLost:
		return fault.Text{ZH: "没有在截止时间前通过品牌资料包的测验，一个班次已释放。这不影响你的履约记录。", EN: "The quiz of a brand pack was not passed in time, and a shift was released. That does not count against you."}
	case PackHoldersAsked:
		return both("品牌资料包第 %d 版发布了，%d 位已排班的云客服需要通过它的测验。", "Version %d of your brand pack is out. %d agents who hold seats must pass its quiz.", number(f.Version), number(f.Agents))
	case ExamPassed:
		return both("考试成绩已出：%s，通过。", "Your exam was graded: %s, passed.", percent(f.Score))
	case ExamFailed:
		return both("考试成绩已出：%s，未通过。各知识点的情况见答卷回顾。", "Your exam was graded: %s, not passed. See the review by topic.", percent(f.Score))
	case IdentityVerified:
		return fault.Text{ZH: "你的实名信息已核验通过。", EN: "Your real-name data are verified."}
	case IdentityRefused:
		return fault.Text{ZH: "你的实名信息未通过核验，原因见「实名信息」，改正后可再次提交。", EN: "Your real-name data were not verified; their page says why, and you may correct them."}
	case RoleChanged:
		return both("你的角色已改为%s。", "Your role is now %s.", role(f.Role))
	}
	return fault.Text{ZH: "有新的通知。", EN: "Something happened."} // of a newer program
}

// both fills the same values into both sentences; a fault.Text among them goes into each in its language.
func both(zh, en string, values ...any) fault.Text {
	in := func(language string) []any {
		said := slices.Clone(values)
		for i, v := range said {
			if text, ok := v.(fault.Text); ok {
				said[i] = text.In(language)
			}
		}
		return said
	}
	text := fault.Text{ZH: fmt.Sprintf(zh, in("zh")...), EN: fmt.Sprintf(en, in("en")...)}
	text.ZH = strings.ReplaceAll(text.ZH, beijing+" ", beijing) // a space stands between figures and 汉字 only
	return text
}

const beijing = "北京时间"

func number[N int | int64](n *N) N {
	if n == nil {
		return 0
	}
	return *n
}

// amount is money as the pages write it: ¥123.45.
func amount(m *money.Money) string {
	if m == nil {
		return "¥0.00"
	}
	said := strings.TrimSuffix(m.String(), " "+m.Currency)
	for at := len(said) - len("000.00"); at > 0; at -= len("000") {
		said = said[:at] + "," + said[at:]
	}
	return "¥" + said
}

// percent is a share in hundredths of a percent.
func percent(n *int) string {
	hundredths := number(n)
	return fmt.Sprintf("%d.%02d%%", hundredths/100, hundredths%100)
}

// clockTime is a time with its zone, as the pages write it: 11-11 周三 18:00 北京时间, or Wed 11 Nov, 18:00 UTC+8.
func clockTime(at *time.Time, zone *time.Location) fault.Text {
	if at == nil {
		return fault.Text{ZH: "-", EN: "-"}
	}
	t := at.In(zone)
	weekday := []rune("日一二三四五六")[t.Weekday()]
	offset := strings.NewReplacer("+0", "UTC+", "-0", "UTC-", "+", "UTC+", "-", "UTC-").Replace(strings.TrimSuffix(t.Format("-07:00"), ":00"))
	zh := offset
	if zone.String() == "Asia/Shanghai" {
		zh = beijing
	}
	return fault.Text{ZH: t.Format("01-02 周") + string(weekday) + t.Format(" 15:04 ") + zh, EN: t.Format("Mon 2 Jan, 15:04 ") + offset}
}

// role is what a member may do, in the words of the pages.
func role(r auth.Role) fault.Text {
	zh := map[auth.Role]string{
		auth.Owner: "主账号", auth.Booker: "预订员", auth.Finance: "财务", auth.Viewer: "只读", auth.Trainer: "培训师", auth.Operator: "平台运营",
	}
	return fault.Text{ZH: zh[r], EN: string(r)}
}

// day is a day that something ends with, as the pages write it: 2026-12-06, or 6 Dec 2026.
func day(at *time.Time, zone *time.Location) fault.Text {
	if at == nil {
		return fault.Text{ZH: "-", EN: "-"}
	}
	return fault.Text{ZH: at.In(zone).Format(time.DateOnly), EN: at.In(zone).Format("2 Jan 2006")}
}
