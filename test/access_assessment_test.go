package test

import (
	"testing"

	"github.com/google/uuid"
)

func assessmentBody() map[string]any {
	return map[string]any{"form": "mini_ipip", "answers": []int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4}}
}

func assessmentOperations() []operation {
	const assessed = "agent trainer"
	mine := func(t *testing.T, _ *accessWorld, s *tenants) uuid.UUID {
		t.Helper()
		return s.people["agent"].Post(t, "/assessments", assessmentBody()).Want(t, 201).ID(t, "id")
	}
	return []operation{
		{op: "GET /assessment-forms", may: assessed, ask: plain},
		{op: "POST /assessments", may: "agent", ask: with(func(*accessWorld, *tenants) map[string]any { return assessmentBody() })},
		{op: "GET /assessments", may: assessed, ask: plain},
		{op: "DELETE /assessments/{id}", may: "agent", ask: at(mine)},
	}
}
