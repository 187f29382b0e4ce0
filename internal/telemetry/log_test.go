package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"peakseat/internal/telemetry"
)

func TestALineCarriesTheIDsOfItsRequest(t *testing.T) {
	t.Parallel()
	ctx := telemetry.WithRequestID(t.Context(), "req-12345678")
	ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{2}}))
	ids := map[string]any{"request_id": "req-12345678", "trace_id": "01" + strings.Repeat("0", 30), "span_id": "02" + strings.Repeat("0", 14)}
	for name, tc := range map[string]struct {
		ctx  context.Context //nolint:containedctx // a table of contexts
		log  func(*slog.Logger) *slog.Logger
		want map[string]any
	}{
		"in a request": {ctx, func(l *slog.Logger) *slog.Logger { return l }, map[string]any{"shift_id": 7.0}},
		"with attributes": {
			ctx, func(l *slog.Logger) *slog.Logger { return l.With("role", "worker") },
			map[string]any{"role": "worker", "shift_id": 7.0},
		},
		"in groups": {
			ctx, func(l *slog.Logger) *slog.Logger {
				return l.With("role", "worker").WithGroup("plan").With("part", 3).WithGroup("").WithGroup("deep")
			},
			map[string]any{"role": "worker", "plan": map[string]any{"part": 3.0, "deep": map[string]any{"shift_id": 7.0}}},
		},
		"outside a request": {t.Context(), func(l *slog.Logger) *slog.Logger { return l.With("role", "worker") }, map[string]any{"role": "worker", "shift_id": 7.0}},
	} {
		var out bytes.Buffer
		tc.log(newLogger(t, &out, telemetry.JSON)).InfoContext(tc.ctx, "shift opened", "shift_id", 7)
		if tc.ctx == ctx {
			maps.Copy(tc.want, ids)
		}
		tc.want["level"], tc.want["msg"] = "INFO", "shift opened"
		got := decoded(t, out.Bytes())
		delete(got, "time")
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The secrets of the tests below, none of which may be found in any line.
const (
	password = "correct horse battery"
	email    = "zhang.wei@example.com"
	phone    = "13800138000"
	idNumber = "11010519491231002X"
	apiKey   = "ps_key_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	jwt      = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"
)

type login struct {
	Email    string `json:"email"`
	Password string
	Verified bool `json:"email_verified"`
	Session  struct{ RefreshToken string }
}

func TestWhatIsSensitiveIsMaskedHoweverItIsLogged(t *testing.T) {
	t.Parallel()
	person := login{Email: email, Password: password, Verified: true}
	person.Session.RefreshToken = "opaque-" + password
	header := http.Header{"Authorization": {"Bearer " + jwt}, "Cookie": {password}, "X-Api-Key": {password}, "Accept": {"text/html"}}
	for name, log := range map[string]func(*slog.Logger){
		"by its name": func(l *slog.Logger) {
			l.Info("m", "password", password, "email", email, "phone", phone, "token", password)
		},
		"in any spelling": func(l *slog.Logger) {
			for _, key := range []string{"newPassword", "E-Mail", "API_KEY", "user.phone_number", "X-Auth-Token"} {
				l.Info("m", slog.String(key, password))
			}
		},
		"as bytes":               func(l *slog.Logger) { l.Info("m", "body", []byte(`{"to":"`+email+`"}`), "secret", []byte(password)) },
		"as raw JSON":            func(l *slog.Logger) { l.Info("m", "body", json.RawMessage(`{"password":"`+password+`"}`)) },
		"as a number":            func(l *slog.Logger) { l.Info("m", "mobile", 13800138000, "body", map[string]any{"n": 13800138000}) },
		"in With":                func(l *slog.Logger) { l.With("authorization", password).Info("m") },
		"in a group of its name": func(l *slog.Logger) { l.WithGroup("token").Info("m", "value", password) },
		"in a group as value":    func(l *slog.Logger) { l.Info("m", slog.Group("cookie", slog.String("value", password))) },
		"in a struct":            func(l *slog.Logger) { l.Info("m", "request", person) },
		"in a pointer":           func(l *slog.Logger) { l.Info("m", "request", &person) },
		"in a list of maps": func(l *slog.Logger) {
			l.Info("m", "rows", []map[string]any{{"id_number": idNumber, "bank-account": password}})
		},
		"in headers":   func(l *slog.Logger) { l.Info("m", "header", header) },
		"in an error":  func(l *slog.Logger) { l.Info("m", "error", fmt.Errorf("send to %s: %w", email, io.EOF)) },
		"in a message": func(l *slog.Logger) { l.Info("login of " + email + " with " + apiKey) },
		"a token":      func(l *slog.Logger) { l.Info("m", "text", "got "+jwt+" from "+apiKey) },
		"a token in a header": func(l *slog.Logger) {
			l.Info("m", "text", "Authorization: Bearer "+strings.ReplaceAll(password, " ", "-"))
		},
		"a password in a URL": func(l *slog.Logger) {
			l.Info("m", "url", "postgres://app:"+strings.ReplaceAll(password, " ", "")+"@db:5432/x")
		},
		"a password in a DSN": func(l *slog.Logger) {
			l.Info("m", "text", "host=db password="+strings.ReplaceAll(password, " ", "")+" user=app")
		},
		"a token in a query": func(l *slog.Logger) {
			l.Info("m", "text", "/x?a=1&token="+strings.ReplaceAll(password, " ", "")+"&b=2")
		},
		"a phone number":     func(l *slog.Logger) { l.Info("m", "text", "call "+phone+" or +86"+phone+" or 86 "+phone) },
		"an identity number": func(l *slog.Logger) { l.Info("m", "text", "holder "+idNumber) },
	} {
		for _, format := range []telemetry.LogFormat{telemetry.JSON, telemetry.Text} {
			var out bytes.Buffer
			log(newLogger(t, &out, format))
			line := out.String()
			for _, secret := range []string{
				password, strings.ReplaceAll(password, " ", ""), strings.ReplaceAll(password, " ", "-"),
				email, "zhang", phone, idNumber, apiKey[7:], jwt, "c2lnbmF0dXJl",
			} {
				if strings.Contains(line, secret) {
					t.Errorf("%s, %s: %s is in the log: %s", name, format, secret, line)
				}
			}
			if !strings.Contains(line, "[redacted]") {
				t.Errorf("%s, %s: nothing says that something was masked: %s", name, format, line)
			}
		}
	}
}

func TestWhatIsNotSensitiveIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("01931c5a-7b1e-7cc3-98c4-13800138000a")
	var out bytes.Buffer
	newLogger(t, &out, telemetry.JSON).Info("assignment made",
		"shift_id", id, "seat", 3, "rate", 0.5, "took", 1500*time.Millisecond, "token_ttl", 15*time.Minute,
		"email_verified", true, "credential_id", "c-1", "at", "2026-11-11T00:00:00+08:00", "path", "/api/v1/shifts/{id}",
		"ids", []int64{1, 2, 9007199254740993}, "missing", nil, "error", errors.New("a = b @ 12:30"), "amount", 12345678901,
		"row", struct {
			Seats int    `json:"seats"`
			Title string `json:"title"`
		}{4, "双11 晚班"})
	got := decoded(t, out.Bytes())
	delete(got, "time")
	want := map[string]any{
		"level": "INFO", "msg": "assignment made", "shift_id": id.String(), "seat": 3.0, "rate": 0.5, "took": 1.5e9, "token_ttl": 9e11,
		"email_verified": true, "credential_id": "c-1", "at": "2026-11-11T00:00:00+08:00", "path": "/api/v1/shifts/{id}",
		"ids": []any{1.0, 2.0, 9007199254740993.0}, "missing": nil, "error": "a = b @ 12:30", "amount": 12345678901.0,
		"row": map[string]any{"seats": 4.0, "title": "双11 晚班"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(out.String(), "9007199254740993") {
		t.Error("a long id lost its last digit")
	}
}

func TestWhatCannotBePrintedBreaksNothing(t *testing.T) {
	t.Parallel()
	var nobody *fault
	for _, value := range []any{make(chan int), func() {}, nobody, json.RawMessage("{")} {
		var out bytes.Buffer
		newLogger(t, &out, telemetry.JSON).Info("m", "value", value)
		if got := decoded(t, out.Bytes())["value"]; got != "[unprintable]" {
			t.Errorf("%T is written as %v", value, got)
		}
	}
}

func TestTheLevelIsKept(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, telemetry.LogOptions{Format: telemetry.JSON, Level: slog.LevelWarn, Source: true})
	if err != nil {
		t.Fatal(err)
	}
	log.Info("quiet")
	if out.Len() != 0 {
		t.Errorf("below the level: %s", out.String())
	}
	log.WithGroup("g").Warn("loud")
	got := decoded(t, out.Bytes())
	source, ok := got["source"].(map[string]any)
	if got["level"] != "WARN" || !ok || !strings.HasSuffix(fmt.Sprint(source["file"]), "log_test.go") {
		t.Errorf("line = %v", got)
	}
	if _, err := telemetry.NewLogger(&out, telemetry.LogOptions{Format: "xml"}); err == nil {
		t.Error("an unknown format was accepted")
	}
}

func TestAcceptRequestID(t *testing.T) {
	t.Parallel()
	for proposed, accepted := range map[string]bool{
		"req-12345678": true, "01931c5a-7b1e-7cc3-98c4-0305e82c3301": true, strings.Repeat("a", 64): true,
		"": false, "short": false, strings.Repeat("a", 65): false, "with space": false, "line\nbreak": false, "quote\"quote": false, "八个汉字长的编号": false,
	} {
		got := telemetry.AcceptRequestID(proposed)
		if (got == proposed) != accepted {
			t.Errorf("AcceptRequestID(%q) = %q", proposed, got)
		}
		if !accepted && uuid.Validate(got) != nil {
			t.Errorf("AcceptRequestID(%q) = %q, which is no id", proposed, got)
		}
	}
	if telemetry.RequestID(t.Context()) != "" {
		t.Error("a request's id outside a request")
	}
}

func BenchmarkLog(b *testing.B) {
	log, err := telemetry.NewLogger(io.Discard, telemetry.LogOptions{Format: telemetry.JSON})
	if err != nil {
		b.Fatal(err)
	}
	ctx := telemetry.WithRequestID(b.Context(), "req-12345678")
	for b.Loop() {
		log.InfoContext(ctx, "request", slog.String("method", "POST"), slog.String("route", "/api/v1/shifts/{id}/claims"), slog.Int("status", 201), slog.Duration("took", time.Millisecond))
	}
}

type fault struct{ text string }

func (f *fault) Error() string { return f.text }

func newLogger(t *testing.T, w io.Writer, format telemetry.LogFormat) *slog.Logger {
	t.Helper()
	log, err := telemetry.NewLogger(w, telemetry.LogOptions{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func decoded(t *testing.T, line []byte) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(line, &got); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return got
}
