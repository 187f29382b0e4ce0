package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/web"
)

// Reply is an answer of the program.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
	asked  string
}

// Get reads a path of the API.
func (p *Person) Get(t testing.TB, path string) *Reply {
	t.Helper()
	return p.Do(t, http.MethodGet, path, nil, nil)
}

// Post writes to a path of the API; body becomes JSON.
func (p *Person) Post(t testing.TB, path string, body any) *Reply {
	t.Helper()
	return p.Do(t, http.MethodPost, path, body, nil)
}

// Put replaces what stands at a path of the API.
func (p *Person) Put(t testing.TB, path string, body any) *Reply {
	t.Helper()
	return p.Do(t, http.MethodPut, path, body, nil)
}

// Do asks with headers, in English unless they say otherwise. A body that is a []byte goes as it is.
func (p *Person) Do(t testing.TB, method, path string, body any, headers map[string]string) *Reply {
	t.Helper()
	reply, err := p.Try(t, method, path, body, headers)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply
}

// Try is Do for requests that may fail on the way.
func (p *Person) Try(t testing.TB, method, path string, body any, headers map[string]string) (*Reply, error) {
	t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, p.stack.URL+web.BasePath+path, content)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Language", "en")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if p.Token != "" {
		request.Header.Set("Authorization", "Bearer "+p.Token)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &Reply{Status: response.StatusCode, Header: response.Header, Body: raw, asked: method + " " + path}, nil
}

// Want fails the test unless the status is the one named.
func (r *Reply) Want(t testing.TB, status int) *Reply {
	t.Helper()
	if r.Status != status {
		t.Fatalf("%s answered %d, want %d: %s", r.asked, r.Status, status, r.Body)
	}
	return r
}

// WantProblem fails the test unless the answer is a problem with this status and code.
func (r *Reply) WantProblem(t testing.TB, status int, code string) *Reply {
	t.Helper()
	r.Want(t, status)
	if got := r.Text("code"); got != code {
		t.Fatalf("%s answered the problem %q, want %q: %s", r.asked, got, code, r.Body)
	}
	return r
}

// Into reads the body.
func (r *Reply) Into(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.Body, into); err != nil {
		t.Fatalf("%s: %v: %s", r.asked, err, r.Body)
	}
}

// At is the value under a path of keys and indexes, or nil.
func (r *Reply) At(path ...any) any {
	var value any
	if json.Unmarshal(r.Body, &value) != nil {
		return nil
	}
	for _, step := range path {
		switch s := step.(type) {
		case string:
			members, _ := value.(map[string]any)
			value = members[s]
		case int:
			items, _ := value.([]any)
			if s >= len(items) {
				return nil
			}
			value = items[s]
		}
	}
	return value
}

// Text is the value under a path as text, or "".
func (r *Reply) Text(path ...any) string {
	if value := r.At(path...); value != nil {
		return fmt.Sprint(value)
	}
	return ""
}

// Int is the number under a path, or 0.
func (r *Reply) Int(path ...any) int {
	number, _ := r.At(path...).(float64)
	return int(number)
}

// ID is the id under a path; it fails the test where there is none.
func (r *Reply) ID(t testing.TB, path ...any) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(r.Text(path...))
	if err != nil {
		t.Fatalf("%s has no id at %v: %s", r.asked, path, r.Body)
	}
	return id
}

// Len is how many items the list under a path has.
func (r *Reply) Len(path ...any) int {
	items, _ := r.At(path...).([]any)
	return len(items)
}
