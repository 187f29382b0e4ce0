package certification_test

import (
	"maps"
	"strconv"
	"testing"

	"peakseat/internal/apitest"
	"peakseat/internal/fact"
)

// said is a tag's terms with what is changed.
func said(zh, en string, more map[string]any) map[string]any {
	levels := make([]any, 5)
	for i := range levels {
		levels[i] = map[string]any{"zh": "会 " + strconv.Itoa(i+1), "en": "can do " + strconv.Itoa(i+1)}
	}
	body := map[string]any{"zh": zh, "en": en, "levels": levels, "reason": "the market asks for it"}
	maps.Copy(body, more)
	return body
}

func ifMatch(version int) map[string]string {
	return map[string]string{"If-Match": `"` + strconv.Itoa(version) + `"`}
}

func (b *board) tag(t *testing.T, name string) (at int, r *apitest.Reply) {
	t.Helper()
	r = b.operator.Get(t, "/taxonomy").Want(t, 200)
	for i := range r.Len("tags") {
		if r.Text("tags", i, "tag") == name {
			return i, r
		}
	}
	t.Fatalf("the taxonomy has no %s", name)
	return 0, nil
}

func (b *board) offered(t *testing.T, name string) bool {
	t.Helper()
	r := b.agent.Get(t, "/tags").Want(t, 200)
	for i := range r.Len("items") {
		if r.Text("items", i, "tag") == name {
			return true
		}
	}
	return false
}

func TestTaxonomyHasVersions(t *testing.T) {
	t.Parallel()
	b := open(t)

	made := b.operator.Post(t, "/tags", said("小红书", "Xiaohongshu", map[string]any{"dimension": "channel", "value": "xiaohongshu"})).Want(t, 201)
	if made.Int("version") != 2 || made.Text("levels", 4, "en") != "can do 5" {
		t.Fatalf("the first change makes version %d, want 2", made.Int("version"))
	}
	b.operator.Post(t, "/tags", said("小红书", "Xiaohongshu", map[string]any{"dimension": "channel", "value": "xiaohongshu"})).WantProblem(t, 409, "tag_exists")
	b.operator.Post(t, "/tags", said(" ", "Blank", map[string]any{"dimension": "channel", "value": "blank"})).WantProblem(t, 422, "invalid_request")

	path := "/tags/channel/xiaohongshu"
	b.operator.Do(t, "PUT", path, said("红书", "RED", map[string]any{"retired": false}), ifMatch(2)).Want(t, 200)
	b.operator.Do(t, "PUT", path, said("红", "R", map[string]any{"retired": false}), ifMatch(2)).WantProblem(t, 412, "tag_changed")

	// an agent holds it, and keeps it when it is retired
	b.operator.Do(t, "PUT", "/agents/"+b.agent.AccountID.String()+"/tags", []any{map[string]any{"tag": "channel/xiaohongshu", "level": 2, "expires_at": "2030-01-01T00:00:00Z", "evidence": "seen"}}, nil).Want(t, 200)
	at, r := b.tag(t, "channel/xiaohongshu")
	if r.Int("tags", at, "holders") != 1 || r.Text("tags", at, "zh") != "红书" {
		t.Fatalf("%d hold %s", r.Int("tags", at, "holders"), r.Text("tags", at, "zh"))
	}
	retired := b.operator.Do(t, "PUT", path, said("红书", "RED", map[string]any{"retired": true}), ifMatch(3)).Want(t, 200)
	if retired.Int("holders") != 1 || b.offered(t, "channel/xiaohongshu") {
		t.Fatal("a retired tag is kept by its holders and offered to nobody")
	}
	b.first.Post(t, "/credential-templates", terms(map[string]any{"code": "red", "grants": []any{map[string]any{"tag": "channel/xiaohongshu", "level": 1}}})).WantProblem(t, 422, "invalid_request")

	// what a template grants is not retired under it
	chat, all := b.tag(t, "channel/chat")
	b.operator.Do(t, "PUT", "/tags/channel/chat", said("聊天", "Chat", map[string]any{"retired": true}), ifMatch(all.Int("tags", chat, "version"))).WantProblem(t, 409, "tag_granted")

	b.operator.Do(t, "PUT", path, said("红书", "RED", map[string]any{"retired": false}), ifMatch(4)).Want(t, 200)
	if !b.offered(t, "channel/xiaohongshu") {
		t.Fatal("a restored tag is not offered")
	}

	history := b.first.Get(t, "/taxonomy/changes?tag=channel/xiaohongshu").Want(t, 200)
	var kinds []string
	for i := range history.Len("items") {
		kinds = append(kinds, history.Text("items", i, "kind"))
	}
	want := []string{"restored", "retired", "renamed", "added"}
	if len(kinds) != len(want) {
		t.Fatalf("the history is %v", kinds)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Fatalf("the history is %v, want %v", kinds, want)
		}
	}
	if history.Text("items", 2, "was") != "小红书 · Xiaohongshu" {
		t.Fatalf("it was called %q", history.Text("items", 2, "was"))
	}
	if told := b.Facts(t, fact.TagVersioned{}.Type()); told != 4 {
		t.Fatalf("%d facts were told of 4 changes", told)
	}
}

func TestCredentialRecordTellsAll(t *testing.T) {
	t.Parallel()
	b := open(t)
	id := b.issue(t).Text("id")
	b.first.Post(t, "/credentials/"+id+"/suspension", why("cheating")).Want(t, 200)
	request := b.first.Post(t, "/credentials/"+id+"/revocation-requests", why("cheating")).Want(t, 201).Text("id")
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	appeal := b.agent.Post(t, "/credentials/"+id+"/appeals", map[string]any{"reason": "it was not me"}).Want(t, 201).Text("id")
	if list := b.second.Get(t, "/appeals").Want(t, 200); list.At("items", 0, "mine") != true {
		t.Fatal("who confirmed is not told that the appeal is about it")
	}
	b.operator.Post(t, "/appeals/"+appeal+"/decision", map[string]any{"upheld": false, "reason": "the answers are alike"}).Want(t, 200)

	r := b.second.Get(t, "/credentials/"+id).Want(t, 200)
	var kinds []string
	for i := range r.Len("acts") {
		kinds = append(kinds, r.Text("acts", i, "kind"))
	}
	want := []string{"issued", "suspended", "revocation_asked", "revoked", "appealed", "appeal_refused"}
	if len(kinds) != len(want) {
		t.Fatalf("the acts are %v, want %v", kinds, want)
	}
	for i := range want {
		if kinds[i] != want[i] {
			t.Fatalf("the acts are %v, want %v", kinds, want)
		}
	}
	if r.Text("acts", 3, "by") != b.second.AccountID.String() || r.Text("state") != "revoked" {
		t.Fatal("the record does not say who confirmed")
	}
}
