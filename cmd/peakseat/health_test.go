package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealthIsTheAnswersStatus(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/readyz" {
			http.Error(w, "the database is away", http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	ask := func(url string) (int, string) {
		var stdout, stderr bytes.Buffer
		code := run(context.Background(), []string{"health", url}, &stdout, &stderr)
		return code, stdout.String() + stderr.String()
	}
	if code, said := ask(server.URL + "/readyz"); code != 0 {
		t.Errorf("a well program: status %d: %s", code, said)
	}
	if code, said := ask(server.URL + "/other"); code != 1 || !strings.Contains(said, "the database is away") {
		t.Errorf("an unwell program: status %d: %s", code, said)
	}
	server.Close()
	if code, said := ask(server.URL + "/readyz"); code != 1 {
		t.Errorf("no program: status %d: %s", code, said)
	}
}
