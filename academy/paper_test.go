package academy_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

func (s *examBoard) paper(more map[string]any) map[string]any {
	body := map[string]any{
		"name_zh": "基础考试", "name_en": "Base exam", "minutes": 30, "grace_seconds": 5, "pass_score": 8000, "max_attempts": 3,
		"cool_down_minutes": 60, "max_overlap": 50, "bank_ids": []any{s.bank},
		"blueprint": []any{
			map[string]any{"topic": "售前", "difficulty": 0, "count": 4, "points": 2},
			map[string]any{"topic": "售后", "difficulty": 3, "count": 2, "points": 6},
		},
	}
	maps.Copy(body, more)
	return body
}

func TestBlueprintShortageIsNamed(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前/物流", 2, 3)
	s.fill(t, "售前", 1, 5)
	s.fill(t, "售后", 2, 9)
	s.fill(t, "售后", 3, 1)
	p := s.trainer.Post(t, "/papers", s.paper(map[string]any{"code": "base"})).Want(t, 201)
	path := "/papers/" + p.Text("paper_id") + "/versions/1"
	check := s.trainer.Get(t, path+"/check").Want(t, 200)
	if check.At("publishable") != false || check.Int("cells", 0, "available") != 8 || check.Int("cells", 0, "lacking") != 0 || check.Int("cells", 1, "lacking") != 1 || check.Int("points") != 20 {
		t.Errorf("the check says %s", check.Body)
	}
	r := s.trainer.Post(t, path+"/publication", nil).WantProblem(t, 409, "blueprint_short")
	if r.Len("errors") != 1 || r.Text("errors", 0, "pointer") != "/blueprint/1" || r.Text("errors", 0, "detail") != `Topic "售后", difficulty 3: 2 wanted, 1 there, 1 lacking.` {
		t.Errorf("the refusal says %s", r.Body)
	}
	// enough for one form, not for a different one on retake
	s.trainer.Post(t, "/question-banks/"+s.bank.String()+"/questions", map[string]any{
		"kind": "open", "category": "售后", "difficulty": 3, "text": map[string]any{"format": "plain", "body": "Why?"},
	}).Want(t, 201)
	draft := s.trainer.Get(t, path).Want(t, 200)
	strict := map[string]string{"If-Match": draft.Header.Get("ETag")}
	s.trainer.Do(t, http.MethodPut, path, s.paper(map[string]any{"max_overlap": 20}), nil).WantProblem(t, 428, "if_match_required")
	s.trainer.Do(t, http.MethodPut, path, s.paper(map[string]any{"max_overlap": 20}), strict).Want(t, 200)
	s.trainer.Do(t, http.MethodPut, path, s.paper(map[string]any{"max_overlap": 0}), strict).WantProblem(t, 412, "changed_meanwhile")
	if r := s.trainer.Post(t, path+"/publication", nil).WantProblem(t, 409, "blueprint_short"); r.Text("errors", 0, "code") != "retake_lacking" {
		t.Errorf("the refusal says %s", r.Body)
	}
	strict["If-Match"] = s.trainer.Get(t, path).Header.Get("ETag")
	s.trainer.Do(t, http.MethodPut, path, s.paper(nil), strict).Want(t, 200)
	s.trainer.Post(t, path+"/publication", nil).Want(t, 200)

	overlapping := s.paper(map[string]any{"code": "other", "blueprint": []any{
		map[string]any{"topic": "售前", "difficulty": 2, "count": 1, "points": 1}, map[string]any{"topic": "售前/物流", "difficulty": 0, "count": 1, "points": 1},
	}, "bank_ids": []any{uuid.New()}})
	r = s.trainer.Post(t, "/papers", overlapping).WantProblem(t, 422, "invalid_request")
	if r.Text("errors", 0, "code") != "cells_overlap" || r.Text("errors", 1, "pointer") != "/bank_ids/0" {
		t.Errorf("the refusal says %s", r.Body)
	}
}

func TestPublishedPaperNeverChanges(t *testing.T) {
	t.Parallel()
	s := openBoard(t)
	s.fill(t, "售前", 2, 20)
	s.fill(t, "售后", 3, 10)
	p := s.trainer.Post(t, "/papers", s.paper(map[string]any{"code": "base"})).Want(t, 201)
	path := "/papers/" + p.Text("paper_id") + "/versions"
	s.agent.Get(t, path).WantProblem(t, 404, "not_found")
	s.agent.Get(t, path+"/1").WantProblem(t, 404, "not_found")
	s.trainer.Post(t, path, s.paper(nil)).WantProblem(t, 409, "paper_has_draft")
	published := s.trainer.Post(t, path+"/1/publication", nil).Want(t, 200)
	s.trainer.Post(t, path+"/1/publication", nil).WantProblem(t, 409, "paper_published")
	s.trainer.Do(t, http.MethodPut, path+"/1", s.paper(nil), map[string]string{"If-Match": published.Header.Get("ETag")}).WantProblem(t, 409, "paper_published")
	if r := s.agent.Get(t, "/papers").Want(t, 200); r.Len("items") != 1 || r.Text("items", 0, "state") != "published" {
		t.Errorf("an agent sees %s", r.Body)
	}
	// the same seed is the same form, and another is another, whatever becomes of the bank
	before := s.trainer.Get(t, path+"/1/preview?seed=18446744073709551615").Want(t, 200)
	if before.Len("items") != 6 {
		t.Fatalf("the form is %s", before.Body)
	}
	if other := s.trainer.Get(t, path+"/1/preview?seed=7").Want(t, 200); slices.Equal(other.Body, before.Body) {
		t.Error("two seeds give one form")
	}
	for _, q := range s.trainer.Get(t, "/question-banks/"+s.bank.String()+"/questions?topic=售后").Want(t, 200).At("items").([]any) {
		s.trainer.Post(t, "/questions/"+q.(map[string]any)["id"].(string)+"/retirement", map[string]any{"reason": "old"}).Want(t, 200)
	}
	if after := s.trainer.Get(t, path+"/1/preview?seed=18446744073709551615").Want(t, 200); !slices.Equal(after.Body, before.Body) {
		t.Errorf("the form changed:\n%s\n%s", before.Body, after.Body)
	}
	s.trainer.Post(t, path, s.paper(nil)).Want(t, 201)
	s.trainer.Post(t, path+"/2/publication", nil).WantProblem(t, 409, "blueprint_short")
	if r := s.agent.Get(t, path).Want(t, 200); r.Len("items") != 1 {
		t.Errorf("an agent sees %s", r.Body)
	}
	// and the database refuses whoever asks it
	trainer := auth.WithActor(t.Context(), auth.Actor{AccountID: s.trainer.AccountID, Role: auth.Trainer})
	for _, sql := range []string{
		`update academy.paper_version set pass_score = 1 where state = 'published'`,
		`update academy.paper_version set state = 'draft', published_at = null, published_by = null where state = 'published'`,
		`insert into academy.paper_pool select v.id, q.id from academy.paper_version v, academy.question_version q where v.state = 'published' limit 1`,
	} {
		err := postgres.InTx(trainer, s.DB.App, func(tx *postgres.Tx) error { return tx.Exec(sql).Error })
		if postgres.Constraint(err) != "paper_version_published" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := postgres.InTx(trainer, s.DB.App, func(tx *postgres.Tx) error {
		return tx.Exec(`delete from academy.paper_pool`).Error
	}); postgres.Code(err) != "42501" {
		t.Errorf("a pool can be emptied: %v", err)
	}
}
