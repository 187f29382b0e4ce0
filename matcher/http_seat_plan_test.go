package matcher_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
	"peakseat/matcher"
)

// plannerAPI serves the matcher's operations to whom Role names. Seat plans need nothing but the machine.
type plannerAPI struct {
	*testing.T
	engine   *gin.Engine
	api      *web.API
	role     auth.Role
	language string
}

func servePlanner(t *testing.T) *plannerAPI {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	p := &plannerAPI{T: t, engine: gin.New(), role: auth.Viewer, language: "en"}
	p.api = web.New(p.engine, "test", nil)
	matcher.New(matcher.Deps{}).Routes(p.api)
	return p
}

// problem is what a refusal looks like; Line is that of an uploaded file.
type problem struct {
	Code   string             `json:"code"`
	Errors []web.ProblemField `json:"errors"`
}

// points are "pointer code" or "pointer code line", in order.
func (p problem) points() (list []string) {
	for _, e := range p.Errors {
		point := e.Pointer + " " + e.Code
		if e.Line > 0 {
			point += fmt.Sprintf(" %d", e.Line)
		}
		list = append(list, point)
	}
	return list
}

func (p *plannerAPI) post(contentType string, body []byte) *httptest.ResponseRecorder {
	p.Helper()
	ctx := web.WithLanguage(p.Context(), p.language)
	if p.role != "" {
		ctx = auth.WithActor(ctx, auth.Actor{AccountID: uuid.New(), Role: p.role, OrganisationID: uuid.New(), SessionID: uuid.New()})
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1/seat-plans", bytes.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	p.engine.ServeHTTP(w, r)
	return w
}

func (p *plannerAPI) plan(w *httptest.ResponseRecorder) (plan matcher.SeatPlan) {
	p.Helper()
	if w.Code != http.StatusOK {
		p.Fatalf("%d %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &plan); err != nil {
		p.Fatal(err)
	}
	return plan
}

func (p *plannerAPI) refused(w *httptest.ResponseRecorder, status int) (got problem) {
	p.Helper()
	if w.Code != status {
		p.Fatalf("%d %s, want %d", w.Code, w.Body, status)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		p.Fatal(err)
	}
	return got
}

// form is a multipart body of values and the file contacts, in the order given: name, value, name, value.
func (p *plannerAPI) form(pairs ...string) (contentType string, body []byte) {
	p.Helper()
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for i := 0; i+1 < len(pairs); i += 2 {
		create := w.CreateFormField
		if pairs[i] == "contacts" {
			create = func(name string) (io.Writer, error) { return w.CreateFormFile(name, "last-peak.csv") }
		}
		part, err := create(pairs[i])
		if err == nil {
			_, err = part.Write([]byte(pairs[i+1]))
		}
		if err != nil {
			p.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.Fatal(err)
	}
	return w.FormDataContentType(), buffer.Bytes()
}

const referencePlan = `{"interval_minutes": 30, "handling_seconds": 240, "service_level": 0.8, "threshold_seconds": 20, "patience_seconds": 60,
	"contacts": [{"starts_at": "2026-11-11T20:00:00+08:00", "contacts": 120}, {"starts_at": "2026-11-11T20:30:00+08:00", "contacts": 0}]}`

func TestASeatPlanIsAnsweredToAnyStaffOfAMerchant(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	for _, role := range []auth.Role{auth.Owner, auth.Booker, auth.Finance, auth.Viewer} {
		p.role = role
		w := p.post("application/json; charset=utf-8", []byte(referencePlan))
		plan := p.plan(w)
		if first := plan.Intervals[0]; first.ErlangC.Seats != 20 || first.ErlangA.Seats != 17 {
			t.Fatalf("%s: %d and %d seats, want the reference's 20 and 17", role, first.ErlangC.Seats, first.ErlangA.Seats)
		}
		if second := plan.Intervals[1].ErlangC; second.Seats != 0 || second.ServiceLevel != 1 {
			t.Errorf("no contacts: %+v, want no seats at a level of 1", second)
		}
		if len(plan.Windows) != 1 || plan.Windows[0].Seats != 17 || plan.Windows[0].Low > 17 || plan.Windows[0].High < 17 {
			t.Errorf("windows %+v, want one of 17 seats within its range", plan.Windows)
		}
		if got := plan.Windows[0].Start.Format(time.RFC3339); !strings.HasSuffix(got, "+08:00") {
			t.Errorf("a window starts at %s, want the offset of the contacts", got)
		}
		if plan.Approximate || plan.Note != "" || strings.Contains(w.Body.String(), "note") {
			t.Errorf("one contact at a time is called an approximation: %s", w.Body)
		}
	}
}

// Whoever is no merchant may try the planner, on as much as costs little.
func TestStrangersPlanAFewIntervals(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	contacts := func(n int) []byte {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`{"starts_at": %q, "contacts": 120}`, time.Date(2026, 11, 11, 20, 30*i, 0, 0, time.UTC).Format(time.RFC3339))
		}
		return fmt.Appendf(nil, `{"interval_minutes": 30, "handling_seconds": 240, "service_level": 0.8, "threshold_seconds": 20, "contacts": [%s]}`, strings.Join(list, ","))
	}
	for _, role := range []auth.Role{"", auth.Agent} {
		p.role = role
		if plan := p.plan(p.post("application/json", contacts(12))); plan.Intervals[11].ErlangC.Seats != 20 {
			t.Errorf("as %q: %+v, want 20 seats", role, plan.Intervals[11])
		}
		p.refused(p.post("application/json", contacts(13)), http.StatusUnprocessableEntity)
	}
	p.role = auth.Booker
	p.plan(p.post("application/json", contacts(13)))
}

func TestASeatPlanSaysThatConcurrencyIsAnApproximation(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	body := strings.Replace(strings.Replace(referencePlan, `"patience_seconds": 60,`, "", 1), "{", `{"concurrency": 3.5, "shrinkage": 0.3, `, 1)
	w := p.post("", []byte(body))
	plan := p.plan(w)
	if !plan.Approximate || !strings.Contains(plan.Note, "approximation") {
		t.Errorf("approximate %v, %q", plan.Approximate, plan.Note)
	}
	if !strings.Contains(w.Body.String(), `"erlang_a":null`) {
		t.Errorf("%s\nwant a null Erlang A without patience", w.Body)
	}
	p.language = "zh"
	if note := p.plan(p.post("", []byte(body))).Note; !strings.Contains(note, "近似") {
		t.Errorf("in Chinese: %q", note)
	}
}

func TestAFilePlansLikeTheSameContactsInJSON(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	common := []string{"interval_minutes", "30", "handling_seconds", "240", "service_level", "0.8", "threshold_seconds", " 20 ", "patience_seconds", "60", "max_abandon", ""}
	want := p.plan(p.post("application/json", []byte(referencePlan)))
	for name, pairs := range map[string][]string{
		"offsets":       {"contacts", "starts_at,contacts\n2026-11-11T20:00:00+08:00,120\n2026-11-11T20:30:00+08:00,0\n"},
		"a zone":        {"time_zone", "Asia/Shanghai", "contacts", "\ufeffstarts_at,contacts\r\n2026/11/11 20:00,120\r\n\r\n2026/11/11 20:30,0\r\n"},
		"the zone last": {"contacts", "starts_at,contacts\n2026-11-11 20:00,120\n2026-11-11 20:30,0", "time_zone", "Asia/Shanghai"},
	} {
		contentType, body := p.form(append(pairs, common...)...)
		got := p.plan(p.post(contentType, body))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-JSON +file):\n%s", name, diff)
		}
	}
}

func TestASeatPlanNamesEveryWrongField(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	for _, tt := range []struct {
		name, body string
		want       []string
	}{
		{
			"what the planner refuses", `{"interval_minutes": 30, "handling_seconds": 0, "service_level": 1, "threshold_seconds": 20, "max_abandon": 0.1, "contacts": [
			{"starts_at": "2026-11-11T20:00:00+08:00", "contacts": -1}, {"starts_at": "2026-11-11T21:00:00+08:00", "contacts": 1}, {"starts_at": "2026-11-11T21:00:00+08:00", "contacts": 1}]}`,
			[]string{
				"/handling_seconds out_of_range", "/service_level out_of_range", "/max_abandon needs_patience",
				"/contacts/0/contacts too_small", "/contacts/1/starts_at gap", "/contacts/2/starts_at duplicate",
			},
		},
		{
			"what the schema refuses", `{"interval_minutes": 20, "handling_seconds": "long", "service_level": 0.8, "contacts": [{"starts_at": "noon", "contacts": 1}], "seats": 5}`,
			[]string{" required", "/interval_minutes not_one_of", "/handling_seconds not_a_number", "/contacts/0/starts_at bad_time", "/seats unknown_field"},
		},
		{
			"a year that cannot be written", `{"interval_minutes": 30, "handling_seconds": 1, "service_level": 0.8, "threshold_seconds": 20, "contacts": [{"starts_at": "9999-12-31T23:30:00Z", "contacts": 1}]}`,
			[]string{"/contacts/0/starts_at out_of_range"},
		},
		{"not JSON", `{"interval_minutes": `, []string{" unreadable"}},
		{"a million entries", `{"contacts": [` + strings.Repeat("{},", 1_000_000) + `{}]}`, []string{"/contacts too_many"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := p.refused(p.post("application/json", []byte(tt.body)), http.StatusUnprocessableEntity)
			sorted := cmp.Transformer("set", func(list []string) map[string]int {
				set := map[string]int{}
				for _, s := range list {
					set[s]++
				}
				return set
			})
			if diff := cmp.Diff(tt.want, got.points(), sorted); diff != "" || got.Code != "invalid_request" {
				t.Errorf("%s (-want +got):\n%s", got.Code, diff)
			}
		})
	}
}

func TestAFileIsRefusedByItsLines(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	form := func(pairs ...string) problem {
		t.Helper()
		contentType, body := p.form(append(pairs, "interval_minutes", "30", "handling_seconds", "240", "service_level", "0.8", "threshold_seconds", "20")...)
		return p.refused(p.post(contentType, body), http.StatusUnprocessableEntity)
	}
	wrong := "starts_at,contacts\n" + strings.Repeat("soon,many\n", 120)
	if got := form("contacts", wrong); len(got.Errors) != 120 || got.points()[119] != "/contacts bad_line 121" {
		t.Errorf("%d lines named, want all 120", len(got.Errors))
	}
	for _, tt := range []struct {
		name string
		got  problem
		want []string
	}{
		{
			"a gap and a duplicate", form("contacts", "starts_at,contacts\n2026-11-11T20:00+08:00,1\n2026-11-11T20:30+08:00,1\n2026-11-11T20:30+08:00,1\n2026-11-11T21:30+08:00,1\n2026-11-11T22:00+08:00,1\n"),
			[]string{"/contacts bad_line 4", "/contacts bad_line 5"},
		},
		{"no offset and no zone", form("contacts", "starts_at,contacts\n2026-11-11 20:00,1\n"), []string{"/contacts bad_line 2"}},
		{
			"hours where the form says half hours", form("contacts", "starts_at,contacts\n2026-11-11T20:00+08:00,1\n2026-11-11T21:00+08:00,1\n"),
			[]string{"/interval_minutes not_the_file_s"},
		},
		{
			"more work than can be, below an empty line", form("contacts", "starts_at,contacts\n\n2026-11-11T20:00+08:00,1\n2026-11-11T20:30+08:00,100000\n", "concurrency", "1", "shrinkage", "2"),
			[]string{"/shrinkage out_of_range"},
		},
		{"no such zone", form("time_zone", "Asia/Peking", "contacts", "starts_at,contacts\n"), []string{"/time_zone unknown_time_zone"}},
		{"no file", form("time_zone", "Asia/Shanghai"), []string{" required"}},
		{"two files", form("contacts", "x", "contacts", "y"), []string{"/contacts repeated"}},
		{"a value twice", form("shrinkage", "0.1", "shrinkage", "0.2", "contacts", "x"), []string{"/shrinkage repeated"}},
		{"a word for a number", form("shrinkage", "little", "contacts", "x"), []string{"/shrinkage not_a_number"}},
		{"a field that is none", form("seats", "5", "contacts", "x"), []string{"/seats unknown_field"}},
	} {
		if diff := cmp.Diff(tt.want, tt.got.points()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	contentType, body := p.form("contacts", "starts_at,contacts\n\n2026-11-11T20:00+08:00,1\n2026-11-11T20:30+08:00,100000\n",
		"interval_minutes", "30", "handling_seconds", "7200", "service_level", "0.8", "threshold_seconds", "20")
	p.language = "zh"
	got := p.refused(p.post(contentType, body), http.StatusUnprocessableEntity)
	if diff := cmp.Diff([]string{"/contacts bad_line 4"}, got.points()); diff != "" || !strings.Contains(got.Errors[0].Detail, "爱尔兰") {
		t.Errorf("%+v: what only the planner refuses has its line too, in Chinese", got)
	}
	p.refused(p.post("multipart/form-data; boundary=x", []byte("no form")), http.StatusUnprocessableEntity)
}

func TestASeatPlanOfAnotherTypeOrSizeIsRefused(t *testing.T) {
	t.Parallel()
	p := servePlanner(t)
	for _, contentType := range []string{"text/csv", "application/xml", "application/x-www-form-urlencoded", ";"} {
		if got := p.refused(p.post(contentType, []byte(referencePlan)), http.StatusUnsupportedMediaType); got.Code != "unsupported_media_type" {
			t.Errorf("%s: %s", contentType, got.Code)
		}
	}
	const limit = 5 << 20
	padded := referencePlan + strings.Repeat(" ", limit-len(referencePlan))
	p.plan(p.post("application/json", []byte(padded)))
	p.refused(p.post("application/json", []byte(padded+" ")), http.StatusRequestEntityTooLarge)
}

func TestTheDocumentNamesBothWaysToAskForASeatPlan(t *testing.T) {
	t.Parallel()
	content := servePlanner(t).api.Huma.OpenAPI().Paths["/api/v1/seat-plans"].Post.RequestBody.Content
	if len(content) != 2 || content["application/json"].Schema.Ref == "" {
		t.Fatalf("content types %v, want JSON and a form", content)
	}
	form := content["multipart/form-data"].Schema
	if form.Properties["contacts"].Format != "binary" || form.Properties["time_zone"] == nil || form.Properties["service_level"].Type != "number" {
		t.Errorf("the form is described as %+v", form.Properties)
	}
}
