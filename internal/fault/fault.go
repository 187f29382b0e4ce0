package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Kind says what sort of refusal a fault is. The zero Kind is not valid.
type Kind int

// The kinds, from the caller's fault to ours.
const (
	Invalid              Kind = iota + 1 // the request cannot be read as what it should be
	Unauthenticated                      // no valid token
	Forbidden                            // the role never may
	NotFound                             // absent, or not yours: the two look the same
	Conflict                             // well formed, but not in this state
	PreconditionFailed                   // If-Match names an older version
	PreconditionRequired                 // If-Match is missing
	TooLarge                             // the body is over its limit
	Unsupported                          // the body's content type is not read here
	TooMany                              // slow down; RetryAfter says for how long
	Unavailable                          // not now; RetryAfter says when to return
)

// Text is one sentence in each language of the product.
type Text struct{ ZH, EN string }

// In returns the sentence in the language asked for ("zh" or "en").
func (t Text) In(language string) string {
	if language == "zh" {
		return t.ZH
	}
	return t.EN
}

// Field points at one part of a request that is wrong.
type Field struct {
	Pointer string // JSON pointer into the body, "/windows/0/start", or a parameter's name
	Code    string // stable, snake_case
	Line    int    // of an uploaded file, from 1; 0: none
	Text    Text
}

// Fault is an error that may be shown. Faults are compared by code (errors.Is).
type Fault struct {
	Kind       Kind
	Code       string
	Text       Text
	Fields     []Field
	Extra      map[string]any // further members of the problem, such as retry_at
	RetryAfter time.Duration  // 0: not said
	cause      error
}

// New makes a fault; the texts are whole sentences that say what to do next where one can.
func New(kind Kind, code, zh, en string) *Fault {
	return &Fault{Kind: kind, Code: code, Text: Text{ZH: zh, EN: en}}
}

// Error is for logs: the code and the English text.
func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %s: %v", f.Code, f.Text.EN, f.cause)
	}
	return f.Code + ": " + f.Text.EN
}

// Is matches faults by code, so that a copy with more detail still matches.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Code == f.Code
}

// Unwrap returns what lies under the fault, for logs.
func (f *Fault) Unwrap() error { return f.cause }

// Because returns a copy that wraps its cause; the cause is logged, never shown.
func (f *Fault) Because(cause error) *Fault {
	c := f.clone()
	c.cause = cause
	return c
}

// With returns a copy with one more member in its problem.
func (f *Fault) With(key string, value any) *Fault {
	c := f.clone()
	c.Extra[key] = value
	return c
}

// WithText returns a copy that says it in other words, for sentences that hold figures.
func (f *Fault) WithText(zh, en string) *Fault {
	c := f.clone()
	c.Text = Text{ZH: zh, EN: en}
	return c
}

// At returns a copy that points at one more field.
func (f *Fault) At(pointer, code, zh, en string) *Fault {
	c := f.clone()
	c.Fields = append(c.Fields, Field{Pointer: pointer, Code: code, Text: Text{ZH: zh, EN: en}})
	return c
}

// After returns a copy that says when to try again.
func (f *Fault) After(d time.Duration) *Fault {
	c := f.clone()
	c.RetryAfter = d
	return c
}

func (f *Fault) clone() *Fault {
	c := *f
	c.Fields = slices.Clone(f.Fields)
	c.Extra = maps.Clone(f.Extra)
	if c.Extra == nil {
		c.Extra = map[string]any{}
	}
	return &c
}

// As returns the fault in err's chain.
func As(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// The faults that any part of the program may answer.
var (
	ErrInvalid = New(Invalid, "invalid_request",
		"请求有误，请按下面列出的各项修改。", "The request has errors; correct the fields listed below.")
	ErrNotFound = New(NotFound, "not_found",
		"没有找到，或者你无权查看。", "Not found, or not yours to see.")
	ErrForbidden = New(Forbidden, "forbidden",
		"你的角色不能做这件事。", "Your role cannot do this.")
	ErrUnauthenticated = New(Unauthenticated, "unauthenticated",
		"请先登录。", "Sign in first.")
	ErrUnavailable = New(Unavailable, "unavailable",
		"服务暂时不可用，请稍后再试。", "The service is not available right now; try again shortly.")
)

// Collect gathers field errors, so that one answer names all of them.
// The zero Collect is ready to use.
type Collect struct{ fields []Field }

// Add notes one wrong field.
func (c *Collect) Add(pointer, code, zh, en string) {
	c.fields = append(c.fields, Field{Pointer: pointer, Code: code, Text: Text{ZH: zh, EN: en}})
}

// AddLine notes one wrong line of the file that was uploaded as the field.
func (c *Collect) AddLine(pointer string, line int, zh, en string) {
	c.fields = append(c.fields, Field{Pointer: pointer, Code: "bad_line", Line: line, Text: Text{ZH: zh, EN: en}})
}

// Err returns nil when nothing was added, else ErrInvalid with every field.
func (c *Collect) Err() error {
	if len(c.fields) == 0 {
		return nil
	}
	f := ErrInvalid.clone()
	f.Fields = c.fields
	return f
}
