package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"peakseat/internal/clock"
)

// server is the program under rehearsal.
type server struct {
	url  string
	http *http.Client

	mu      sync.Mutex
	begun   time.Time       // of the stage
	took    []time.Duration // of the stage's requests
	failed  int             // answers of 500 and above, in all
	asked   int             // requests in all
	waited  int             // answers of 429, in all
	example string          // of a failure
}

// newServer speaks to the API at a URL with at most so many connections.
func newServer(at string, connections int) *server {
	return &server{url: at, begun: clock.Now(), http: &http.Client{
		Timeout: 60 * time.Second,
		Transport: &http.Transport{
			MaxConnsPerHost: connections + 2, MaxIdleConnsPerHost: connections + 2, IdleConnTimeout: 90 * time.Second, // two more: the live board, the clock
		},
	}}
}

// person is somebody who uses the program.
type person struct {
	server *server

	mu    sync.Mutex
	token string

	renewing sync.Mutex
	refresh  string
}

// problem is a refusal.
type problem struct {
	Status  int    `json:"status"`
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	asked   string
	fields  string
	retryAt time.Duration
}

func (p *problem) Error() string {
	return fmt.Sprintf("%s: %d %s: %s%s", p.asked, p.Status, p.Code, p.Detail, p.fields)
}

// codeOf is the stable code of a refusal, or "" where err is none.
func codeOf(err error) string {
	if p, ok := errors.AsType[*problem](err); ok {
		return p.Code
	}
	return ""
}

// absent tells whether the program has no such operation.
func absent(err error) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && (p.Status == http.StatusNotFound || p.Status == http.StatusMethodNotAllowed)
}

const (
	mostTries  = 6
	tokenEnded = http.StatusUnauthorized
)

func (p *person) get(ctx context.Context, path string, into any) error {
	return p.ask(ctx, http.MethodGet, path, "", nil, into)
}

func (p *person) put(ctx context.Context, path string, body, into any) error {
	return p.ask(ctx, http.MethodPut, path, "", body, into)
}

// post writes under an idempotency key; "" is none, and what has none is not tried again when its answer is lost.
func (p *person) post(ctx context.Context, path, key string, body, into any) error {
	return p.ask(ctx, http.MethodPost, path, key, body, into)
}

// ask sends a request until it is answered: it waits where the program says so, and asks again where the answer was lost
// and a repeat is harmless.
func (p *person) ask(ctx context.Context, method, path, key string, body, into any) error {
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			return err
		}
	}
	for try := 1; ; try++ {
		used := p.current()
		err := p.once(ctx, method, path, key, content, into)
		var refused *problem
		var pause time.Duration
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused):
			if refused.Status == tokenEnded && p.renew(ctx, used) {
				break
			}
			if refused.Status != http.StatusTooManyRequests && refused.Status != http.StatusServiceUnavailable {
				return err
			}
			pause = max(refused.retryAt, 100*time.Millisecond)
		case method == http.MethodPost && key == "":
			return err
		default:
			pause = time.Duration(try) * 100 * time.Millisecond
		}
		if try == mostTries && pause > 0 && (refused == nil || refused.Status != http.StatusTooManyRequests) || try > 20*mostTries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (p *person) once(ctx context.Context, method, path, key string, content []byte, into any) error {
	request, err := p.request(ctx, method, path, content)
	if err != nil {
		return err
	}
	if key != "" {
		request.Header.Set("Idempotency-Key", key)
	}
	begun := clock.Now()
	response, err := p.server.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it is read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	p.server.note(clock.Since(begun), response.StatusCode, method+" "+path, raw)
	if response.StatusCode >= http.StatusBadRequest {
		return problemOf(response, method+" "+path, raw)
	}
	if into == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, raw)
	}
	return nil
}

func (p *person) request(ctx context.Context, method, path string, content []byte) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, method, p.server.url+"/api/v1"+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Language", "en")
	if len(content) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	return request, nil
}

func problemOf(response *http.Response, asked string, raw []byte) error {
	refused := &problem{asked: asked}
	var more struct {
		Errors []struct {
			Pointer string `json:"pointer"`
			Detail  string `json:"detail"`
		} `json:"errors"`
	}
	_ = json.Unmarshal(raw, refused) // what is no problem has no code
	_ = json.Unmarshal(raw, &more)
	refused.Status = response.StatusCode
	for _, e := range more.Errors {
		refused.fields += fmt.Sprintf(" [%s %s]", e.Pointer, e.Detail)
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		refused.retryAt = time.Duration(seconds) * time.Second
	}
	return refused
}

// session is what a sign-in answers.
type session struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
}

// current is the access token in use.
func (p *person) current() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.token
}

// renew takes a new access token in place of the one that was used, once however many ask: a refresh token works once.
// It is false where there is nothing to take it with.
func (p *person) renew(ctx context.Context, used string) bool {
	p.renewing.Lock()
	defer p.renewing.Unlock()
	if p.current() != used {
		return true // somebody else did
	}
	if p.refresh == "" {
		return false
	}
	nobody := &person{server: p.server}
	var s session
	if nobody.once(ctx, http.MethodPost, "/sessions/refresh", "", []byte(`{"refresh_token":`+strconv.Quote(p.refresh)+`}`), &s) != nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token, p.refresh = s.AccessToken, s.RefreshToken
	return true
}

// page is one page of a list.
type page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"next_cursor"`
}

// list reads all pages.
func list[T any](ctx context.Context, p *person, path string, query url.Values) (all []T, err error) {
	if query == nil {
		query = url.Values{}
	}
	for {
		var next page[T]
		if err := p.get(ctx, path+"?"+query.Encode(), &next); err != nil {
			return nil, err
		}
		all = append(all, next.Items...)
		if next.NextCursor == "" {
			return all, nil
		}
		query.Set("cursor", next.NextCursor)
	}
}

func (s *server) note(took time.Duration, status int, asked string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	s.took = append(s.took, took)
	switch {
	case status == http.StatusTooManyRequests:
		s.waited++
	case status >= http.StatusInternalServerError && status != http.StatusServiceUnavailable:
		if s.failed++; s.example == "" {
			s.example = fmt.Sprintf("%s answered %d: %s", asked, status, body)
		}
	}
}

// endStage tells how the requests since the last call went.
func (s *server) endStage(name string) Stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	stage := Stage{Name: name, Seconds: seconds(clock.Since(s.begun)), Requests: len(s.took)}
	if n := len(s.took); n > 0 {
		slices.Sort(s.took)
		stage.MedianMS, stage.P99MS = milliseconds(s.took[n/2]), milliseconds(s.took[n*99/100])
	}
	s.begun, s.took = clock.Now(), nil
	return stage
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Millisecond)) / float64(time.Second)
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(10*time.Microsecond)) / float64(time.Millisecond)
}
