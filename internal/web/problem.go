package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"peakseat/internal/fault"
	"peakseat/internal/postgres"
	"peakseat/internal/telemetry"
)

const retryWhenDown = 2 * time.Second

// Problem is RFC 9457 problem details: every error that the program answers.
type Problem struct {
	Type      string         `json:"type" example:"about:blank"`
	Title     string         `json:"title" doc:"the status in words"`
	Status    int            `json:"status"`
	Code      string         `json:"code" doc:"stable; match on this" example:"shift_full"`
	Detail    string         `json:"detail" doc:"for people, in the language of Accept-Language"`
	RequestID string         `json:"request_id,omitempty"`
	Errors    []ProblemField `json:"errors,omitempty"`
	Extra     map[string]any `json:"-"`

	retryAfter string
}

// ProblemField points at one wrong field.
type ProblemField struct {
	Pointer string `json:"pointer" doc:"JSON pointer into the body, or the parameter's name" example:"/windows/0/start"`
	Code    string `json:"code"`
	Line    int    `json:"line,omitempty" doc:"of an uploaded file, from 1"`
	Detail  string `json:"detail"`
}

// Error makes a Problem an error that huma sends as it is.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders says when to return.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter == "" {
		return nil
	}
	return http.Header{"Retry-After": {p.retryAfter}}
}

// MarshalJSON puts further members, such as retry_at, beside the standard ones.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	raw, err := json.Marshal((*plain)(p))
	if err != nil || len(p.Extra) == 0 {
		return raw, err
	}
	members := map[string]any{}
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	maps.Copy(members, p.Extra)
	return json.Marshal(members)
}

// statusOf is the one map from kinds to status codes.
func statusOf(f *fault.Fault) int {
	switch f.Kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.PreconditionFailed:
		return http.StatusPreconditionFailed
	case fault.PreconditionRequired:
		return http.StatusPreconditionRequired
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// problemOf turns any error into what the caller may read. An error that is no fault is
// answered 500 with a fixed text and logged here, once.
func problemOf(ctx context.Context, err error) *Problem {
	f, known := fault.As(err)
	switch {
	case known:
		if f.Unwrap() != nil {
			slog.DebugContext(ctx, "fault", "code", f.Code, "error", err)
		}
	case errors.Is(err, context.Canceled):
		f = fault.ErrUnavailable // the caller left; nobody reads this
	case postgres.Down(err) || errors.Is(err, context.DeadlineExceeded):
		slog.WarnContext(ctx, "database unavailable", "error", err)
		f = fault.ErrUnavailable.After(retryWhenDown)
	default:
		slog.ErrorContext(ctx, "request failed", "error", err)
		return &Problem{
			Type: "about:blank", Title: http.StatusText(http.StatusInternalServerError), Status: http.StatusInternalServerError,
			Code:      "internal_error",
			Detail:    fault.Text{ZH: "服务器出错了，已经记录。请稍后再试，并附上请求编号联系我们。", EN: "Something failed on our side and was recorded. Try again later, or contact us with the request id."}.In(Language(ctx)),
			RequestID: telemetry.RequestID(ctx),
		}
	}
	status := statusOf(f)
	p := &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status,
		Code: f.Code, Detail: f.Text.In(Language(ctx)), RequestID: telemetry.RequestID(ctx), Extra: f.Extra,
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{Pointer: field.Pointer, Code: field.Code, Line: field.Line, Detail: field.Text.In(Language(ctx))})
	}
	if f.RetryAfter > 0 {
		p.retryAfter = strconv.Itoa(int((f.RetryAfter + 999_999_999) / 1_000_000_000))
	}
	return p
}

func writeProblem(api huma.API, hc huma.Context, err error) {
	p := problemOf(hc.Context(), err)
	for name, values := range p.GetHeaders() {
		hc.SetHeader(name, values[0])
	}
	if p.Status == http.StatusUnauthorized {
		hc.SetHeader("WWW-Authenticate", "Bearer")
	}
	hc.SetHeader("Content-Type", p.ContentType(""))
	hc.SetStatus(p.Status)
	_ = api.Marshal(hc.BodyWriter(), "application/json", p) // the caller may have left
}

// Abort answers a gin request with a problem, for what happens outside operations.
func Abort(c *gin.Context, err error) {
	p := problemOf(c.Request.Context(), err)
	for name, values := range p.GetHeaders() {
		c.Header(name, values[0])
	}
	if p.Status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", "Bearer")
	}
	raw, _ := json.Marshal(p) //nolint:errchkjson // strings and numbers
	c.Abort()
	c.Data(p.Status, p.ContentType(""), raw)
}

// fromHuma turns what huma refuses (unreadable or invalid requests) into our problems. The
// offending value is never echoed: it may be a password.
func fromHuma(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
	if hc == nil { // huma asks for the shape of an error when an operation is described
		return &Problem{Status: status}
	}
	ctx := hc.Context()
	f := fault.ErrInvalid
	switch status {
	case http.StatusRequestEntityTooLarge:
		f = fault.New(fault.TooLarge, "body_too_large", "请求内容太大。", "The body is too large.")
	case http.StatusUnsupportedMediaType:
		f = fault.New(fault.Unsupported, "unsupported_media_type", "请以 application/json 发送。", "Send application/json.")
	case http.StatusRequestTimeout:
		f = fault.New(fault.Unavailable, "request_timeout", "请求发送太慢。", "The request came too slowly.")
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusNotAcceptable:
	default:
		if len(errs) > 0 {
			return problemOf(ctx, errors.Join(errs...))
		}
		return problemOf(ctx, errors.New(msg))
	}
	if status == http.StatusBadRequest && len(errs) == 0 {
		errs = []error{errors.New(msg)}
	}
	p := problemOf(ctx, pointAt(f, errs))
	if status == http.StatusBadRequest {
		p.Status, p.Title = status, http.StatusText(status)
	}
	return p
}

// mostFields keeps the answer to a body of a million wrong entries short.
const mostFields = 100

// pointAt adds what the validation says to f, field by field.
func pointAt(f *fault.Fault, errs []error) *fault.Fault {
	for _, err := range errs[:min(len(errs), mostFields)] {
		pointer, message := "", err.Error()
		var detailer huma.ErrorDetailer
		if errors.As(err, &detailer) {
			pointer, message = pointerOf(detailer.ErrorDetail().Location), detailer.ErrorDetail().Message
		}
		code, text := validationText(message)
		f = f.At(pointer, code, text.ZH, text.EN)
	}
	return f
}

// pointerOf turns "body.windows[0].start" into "/windows/0/start" and "query.limit" into "limit".
func pointerOf(location string) string {
	rest, inBody := strings.CutPrefix(location, "body")
	if !inBody {
		_, name, _ := strings.Cut(location, ".")
		return name
	}
	return strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(rest)
}
