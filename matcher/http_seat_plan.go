package matcher

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peakseat/internal/auth"
	"peakseat/internal/fault"
	"peakseat/internal/web"
	"peakseat/matcher/planner"
)

// SeatPlanRequest is what a seat plan is made from. Limits that are absent do not apply.
type SeatPlanRequest struct {
	IntervalMinutes  int                `json:"interval_minutes" enum:"15,30,60"`
	Contacts         []planner.Contacts `json:"contacts" nullable:"false" doc:"one entry an interval, in order of time, without gaps; at most 2976"`
	HandlingSeconds  float64            `json:"handling_seconds" doc:"mean, of one contact; 1 to 86400" example:"240"`
	Concurrency      float64            `json:"concurrency,omitempty" default:"1" minimum:"1" doc:"contacts that one person serves at once; 1 to 20"`
	ServiceLevel     float64            `json:"service_level" doc:"share of all arrivals answered within the threshold; 0.01 to 0.9999" example:"0.8"`
	ThresholdSeconds float64            `json:"threshold_seconds" doc:"0 to 86400" example:"20"`
	PatienceSeconds  *float64           `json:"patience_seconds,omitempty" doc:"mean; without it there is no Erlang A; 1 to 3600"`
	MaxAbandon       *float64           `json:"max_abandon,omitempty" doc:"share that may give up (Erlang A); 0.0001 to 1"`
	MaxOccupancy     *float64           `json:"max_occupancy,omitempty" doc:"share of a seat's time; 0.1 to 1"`
	Shrinkage        float64            `json:"shrinkage,omitempty" doc:"share of the scheduled time not spent in the seat; 0 to 0.95"`
}

// SeatPlan is how many seats each interval needs, and which windows to book.
type SeatPlan struct {
	Approximate bool               `json:"approximate" doc:"the handling time was divided by a concurrency above 1"`
	Note        string             `json:"note,omitempty" doc:"what is approximate, for people"`
	Intervals   []SeatPlanInterval `json:"intervals" nullable:"false"`
	Windows     []SeatPlanWindow   `json:"windows" nullable:"false" doc:"by Erlang A where patience is given"`
}

// SeatPlanInterval is what one interval needs.
type SeatPlanInterval struct {
	StartsAt time.Time        `json:"starts_at"`
	Contacts float64          `json:"contacts"`
	Erlangs  float64          `json:"erlangs"`
	ErlangC  planner.Staffing `json:"erlang_c"`
	ErlangA  *erlangA         `json:"erlang_a"`
}

// SeatPlanWindow is a proposal to book. A name of its own, because a booking's Window is another thing in the document.
type SeatPlanWindow planner.Window

// erlangA is planner.StaffingA, and null without patience.
type erlangA struct{ planner.StaffingA }

// Schema says that it may be null, which a reference alone cannot.
func (erlangA) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(reflect.TypeFor[planner.StaffingA](), true, ""), {Type: "null"}}}
}

const (
	seatPlanBody = 5 << 20
	formMembers  = 50 // far more than there are
	// seatPlanWait is how long a plan waits for its turn. The largest that the planner takes costs some seconds of one core.
	seatPlanWait = 15 * time.Second
)

// errPlannerBusy tells that too many large seat plans are being made at once.
// strangersIntervals is how many intervals somebody who is no merchant may ask for: enough to try it, too few to keep the machine busy.
const strangersIntervals = 12

var errPlannerBusy = fault.New(fault.Unavailable, "planner_busy", "正在测算的请求太多，请稍后再试。", "Too many seat plans are being made; try again shortly.")

func (s *Service) seatPlanRoutes(a *web.API) {
	const path = "/seat-plans"
	// plans compute; half of the machine stays for everything else
	turn := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2))
	web.Register(a, web.Op{Method: http.MethodPost, Path: path, Summary: "Work out how many seats each interval needs", Tag: tag, Access: web.Anyone, MaxBody: seatPlanBody + 1},
		func(ctx context.Context, in *web.Raw) (*SeatPlan, error) {
			request, lines, err := readSeatPlan(a, in)
			if err != nil {
				return nil, err
			}
			if actor, known := auth.ActorFrom(ctx); (!known || !actor.IsMerchant()) && len(request.Contacts) > strangersIntervals {
				return nil, fault.ErrInvalid.At("/contacts", "sign_in", fmt.Sprintf("不登录最多测算 %d 个时段，登录商家账号后可以测算整场活动。", strangersIntervals),
					fmt.Sprintf("At most %d intervals without signing in; merchants may plan a whole peak.", strangersIntervals))
			}
			late, cancel := context.WithTimeout(ctx, seatPlanWait)
			defer cancel()
			select {
			case turn <- struct{}{}:
				defer func() { <-turn }()
			case <-late.Done():
				return nil, errPlannerBusy.After(seatPlanWait)
			}
			return planSeats(request, lines, web.Language(ctx))
		})
	web.Describe(a, http.MethodPost, path, map[string]*huma.MediaType{
		"application/json":    {Schema: a.Huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[SeatPlanRequest](), true, "")},
		"multipart/form-data": {Schema: seatPlanForm(a), Encoding: map[string]*huma.Encoding{"contacts": {ContentType: "text/csv"}}},
	})
}

// planSeats asks the planner; lines are those of the file that the contacts came from, nil where they came as JSON.
func planSeats(request *SeatPlanRequest, lines []int, language string) (*SeatPlan, error) {
	result, err := planner.Plan(planner.Input(*request))
	if problems, ok := errors.AsType[planner.FieldErrors](err); ok {
		return nil, seatPlanFault(problems, lines)
	}
	if err != nil {
		return nil, fmt.Errorf("plan seats: %w", err)
	}
	plan := &SeatPlan{Approximate: result.Approximate, Intervals: make([]SeatPlanInterval, len(result.Intervals)), Windows: make([]SeatPlanWindow, len(result.Windows))}
	if plan.Approximate {
		plan.Note = fault.Text{
			ZH: "一人同时接待多个咨询：处理时长已除以并发数，这是近似值。",
			EN: "One person serves several contacts at once: the handling time was divided by the concurrency, which is an approximation.",
		}.In(language)
	}
	for i, interval := range result.Intervals {
		plan.Intervals[i] = SeatPlanInterval{StartsAt: interval.StartsAt, Contacts: interval.Contacts, Erlangs: interval.Erlangs, ErlangC: interval.ErlangC}
		if interval.ErlangA != nil {
			plan.Intervals[i].ErlangA = &erlangA{*interval.ErlangA}
		}
	}
	for i, window := range result.Windows {
		plan.Windows[i] = SeatPlanWindow(window)
	}
	return plan, nil
}

// readSeatPlan reads a request as its content type says, and the line of each interval where a file was uploaded.
func readSeatPlan(a *web.API, in *web.Raw) (*SeatPlanRequest, []int, error) {
	kind, params, unreadable := mime.ParseMediaType(in.ContentType)
	switch {
	case in.ContentType == "" || unreadable == nil && kind == "application/json":
		if n := countIntervals(in.RawBody); n > planner.MaxIntervals { // before each is checked
			return nil, nil, fault.ErrInvalid.At("/contacts", "too_many",
				fmt.Sprintf("最多 %d 个时段，这里有 %d 个。", planner.MaxIntervals, n),
				fmt.Sprintf("Must hold at most %d intervals, not %d.", planner.MaxIntervals, n))
		}
		request, err := web.ReadJSON[SeatPlanRequest](a, in.RawBody)
		if err != nil {
			return nil, nil, err
		}
		for i := range request.Contacts {
			request.Contacts[i].StartsAt = ownOffset(request.Contacts[i].StartsAt)
		}
		return request, nil, nil
	case unreadable == nil && kind == "multipart/form-data":
		return readSeatPlanForm(a, in.RawBody, params["boundary"])
	}
	return nil, nil, web.ErrContentType
}

// countIntervals counts the contacts of a body without looking at each; 0 where it cannot be read.
func countIntervals(body []byte) int {
	var r struct {
		Contacts []json.RawMessage `json:"contacts"`
	}
	_ = json.Unmarshal(body, &r) // what reads it all tells
	return len(r.Contacts)
}

// ownOffset keeps the offset that was written: a machine in a zone with that offset would else answer in its own.
func ownOffset(at time.Time) time.Time {
	_, offset := at.Zone()
	return at.In(time.FixedZone("", offset))
}

// readSeatPlanForm reads a form: the file contacts, and the other members as values.
func readSeatPlanForm(a *web.API, body []byte, boundary string) (*SeatPlanRequest, []int, error) {
	var file []byte
	uploaded := false
	members := map[string]any{}
	parts := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fault.ErrInvalid.At("", "unreadable", "无法读取这个表单。", "This form cannot be read.").Because(err)
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, fault.ErrInvalid.At("", "unreadable", "无法读取这个表单。", "This form cannot be read.").Because(err)
		}
		name := part.FormName()
		if len(members) > formMembers {
			return nil, nil, fault.ErrInvalid.At("", "too_many", "表单的字段太多。", "The form has too many fields.")
		}
		_, repeated := members[name]
		switch {
		case repeated || name == "contacts" && uploaded:
			return nil, nil, fault.ErrInvalid.At("/"+name, "repeated", "只能给出一次。", "Give it once.")
		case name == "contacts":
			file, uploaded = value, true
		case len(bytes.TrimSpace(value)) > 0: // a form sends what was left empty, too
			members[name] = formValue(name, string(value))
		}
	}
	loc, err := formZone(members)
	if err != nil {
		return nil, nil, err
	}
	if uploaded {
		members["contacts"] = []any{}
	}
	raw, err := json.Marshal(members)
	if err != nil {
		return nil, nil, err
	}
	request, err := web.ReadJSON[SeatPlanRequest](a, raw)
	if err != nil {
		return nil, nil, err
	}
	var lines []int
	request.Contacts, lines, err = planner.ReadCSV(bytes.NewReader(file), loc)
	if wrong, ok := errors.AsType[planner.LineErrors](err); ok {
		var c fault.Collect
		for _, line := range wrong {
			c.AddLine("/contacts", line.Line, sentenceZH(line.ZH), sentenceEN(line.EN))
		}
		return nil, nil, c.Err()
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the uploaded contacts: %w", err)
	}
	return request, lines, sameInterval(request)
}

// formValue is a number where it is one, so that the schema of the JSON body judges both alike.
func formValue(name, text string) any {
	text = strings.TrimSpace(text)
	number := json.Number(text)
	if _, err := json.Marshal(number); err != nil || name == "time_zone" {
		return text
	}
	return number
}

// formZone takes the time zone out of a form's values; nil where none is given.
func formZone(members map[string]any) (*time.Location, error) {
	name, given := members["time_zone"].(string)
	if !given {
		return nil, nil
	}
	delete(members, "time_zone")
	loc, err := zone(name)
	if err != nil {
		return nil, fault.ErrInvalid.At("/time_zone", "unknown_time_zone", "没有这个时区，应为 IANA 名称，例如 Asia/Shanghai。", "No such time zone; give an IANA name such as Asia/Shanghai.")
	}
	return loc, nil
}

// sameInterval refuses a file whose lines are not as far apart as the form says, once and not for every line.
func sameInterval(r *SeatPlanRequest) error {
	if len(r.Contacts) < 2 {
		return nil
	}
	apart := int(r.Contacts[1].StartsAt.Sub(r.Contacts[0].StartsAt).Minutes())
	if apart == r.IntervalMinutes {
		return nil
	}
	return fault.ErrInvalid.At("/interval_minutes", "not_the_file_s",
		fmt.Sprintf("文件的各行相隔 %d 分钟，不是 %d 分钟。", apart, r.IntervalMinutes),
		fmt.Sprintf("The file's lines are %d minutes apart, not %d.", apart, r.IntervalMinutes))
}

// seatPlanFault points at the field, or at the line of the file that held it.
func seatPlanFault(problems planner.FieldErrors, lines []int) error {
	var c fault.Collect
	pointer := strings.NewReplacer(".", "/", "[", "/", "]", "")
	for _, p := range problems {
		if line := lineOf(p.Field, lines); line > 0 {
			c.AddLine("/contacts", line, sentenceZH(p.ZH), sentenceEN(p.EN))
			continue
		}
		c.Add("/"+pointer.Replace(p.Field), p.Code, sentenceZH(p.ZH), sentenceEN(p.EN))
	}
	return c.Err()
}

// lineOf is the line of "contacts[3].starts_at"; 0 where there is none.
func lineOf(field string, lines []int) int {
	index, _, found := strings.Cut(strings.TrimPrefix(field, "contacts["), "]")
	n, err := strconv.Atoi(index)
	if !found || err != nil || n >= len(lines) {
		return 0
	}
	return lines[n]
}

func sentenceZH(clause string) string { return clause + "。" }

func sentenceEN(clause string) string { return strings.ToUpper(clause[:1]) + clause[1:] + "." }

// seatPlanForm is the form's schema: the JSON body's, with a file and a time zone.
func seatPlanForm(a *web.API) *huma.Schema {
	registry := a.Huma.OpenAPI().Components.Schemas
	body := registry.SchemaFromRef(registry.Schema(reflect.TypeFor[SeatPlanRequest](), true, "").Ref)
	form := &huma.Schema{Type: huma.TypeObject, Required: body.Required, AdditionalProperties: false, Properties: map[string]*huma.Schema{
		"time_zone": {Type: huma.TypeString, Description: "IANA name, for times without an offset", Examples: []any{"Asia/Shanghai"}},
	}}
	maps.Copy(form.Properties, body.Properties)
	form.Properties["contacts"] = &huma.Schema{
		Type: huma.TypeString, Format: "binary",
		Description: "CSV: the header starts_at,contacts, then one line an interval, in order of time, without gaps",
	}
	return form
}
