package certification_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/certification/badge"
	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/auth"
)

// board is a marketplace with three officials, an agent and a template.
type board struct {
	*apitest.Stack
	operator, first, second, agent *apitest.Person
	template                       uuid.UUID
}

func open(t *testing.T, change ...func(*app.Config)) *board {
	t.Helper()
	b := &board{Stack: apitest.Start(t, change...)}
	b.operator = b.Operator(t)
	b.first, b.second = b.operator.Invited(t, auth.Trainer), b.operator.Invited(t, auth.Trainer)
	b.agent = b.Agent(t)
	b.template = b.first.Post(t, "/credential-templates", terms(map[string]any{"code": "presale"})).Want(t, 201).ID(t, "id")
	return b
}

func terms(more map[string]any) map[string]any {
	body := map[string]any{
		"name_zh": "售前客服", "name_en": "Pre-sale agent", "about_zh": "会探询需求", "about_en": "Probes the need", "valid_days": 365,
		"requirements":         []any{map[string]any{"kind": "paper", "ref": "presale-exam", "score": 80}},
		"renewal_requirements": []any{},
		"grants":               []any{map[string]any{"tag": "function/presale", "level": 3}, map[string]any{"tag": "channel/chat", "level": 2}},
	}
	maps.Copy(body, more)
	return body
}

func (b *board) issue(t *testing.T) *apitest.Reply {
	t.Helper()
	return b.first.Post(t, "/credentials", map[string]any{"agent_id": b.agent.AccountID, "template_id": b.template, "evidence": "92 points"}).Want(t, 201)
}

func why(code string) map[string]any {
	return map[string]any{"reason_code": code, "reason": "for a reason"}
}

// knows waits until the matcher knows the agent's tags at these levels; 0 is none.
func (b *board) knows(t *testing.T, presale int) {
	t.Helper()
	apitest.Until(t, "the matcher knows the tags", func() bool {
		level := 0
		r := b.agent.Get(t, "/me/tags").Want(t, 200)
		for i := range r.Len("items") {
			if r.Text("items", i, "tag") == "function/presale" {
				level = r.Int("items", i, "level")
			}
		}
		return level == presale
	})
}

func (b *board) state(t *testing.T, publicID string, want badge.State) *apitest.Reply {
	t.Helper()
	r := b.Nobody().Get(t, "/verifications/"+publicID).Want(t, 200)
	if got := r.Text("state"); got != string(want) {
		t.Fatalf("the public page says %s, want %s", got, want)
	}
	return r
}

func TestCredentialGrantsItsTags(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.operator.Put(t, "/agents/"+b.agent.AccountID.String()+"/tags", []any{
		map[string]any{"tag": "function/presale", "level": 1, "expires_at": b.Now(t).AddDate(2, 0, 0), "evidence": "a reference"},
	}).Want(t, 200)
	b.knows(t, 1)
	c := b.issue(t)
	b.knows(t, 3)
	page := b.state(t, c.Text("public_id"), badge.Valid)
	if page.At("holder_name") != nil {
		t.Error("the page names the holder, who did not consent")
	}
	// operators change what they granted, and not what the credential grants
	held := b.operator.Put(t, "/agents/"+b.agent.AccountID.String()+"/tags", []any{
		map[string]any{"tag": "function/presale", "level": 2, "expires_at": b.Now(t).AddDate(2, 0, 0), "evidence": "a reference"},
	}).Want(t, 200)
	if held.Len("tags") != 2 {
		t.Errorf("the agent holds %v", held.At("tags"))
	}
	b.second.Post(t, "/credentials/"+c.Text("id")+"/suspension", why("cheating")).Want(t, 200)
	b.state(t, c.Text("public_id"), badge.Suspended)
	b.knows(t, 2)
	b.first.Post(t, "/credentials/"+c.Text("id")+"/reinstatement", map[string]any{"reason": "a mistake"}).Want(t, 200)
	b.knows(t, 3)
	b.state(t, c.Text("public_id"), badge.Valid)
	b.first.Post(t, "/credentials/"+c.Text("id")+"/reinstatement", map[string]any{"reason": "again"}).WantProblem(t, 404, "not_found")

	b.MoveTo(t, b.Now(t).AddDate(0, 0, 340))
	b.state(t, c.Text("public_id"), badge.Expiring)
	renewed := b.first.Post(t, "/credentials", map[string]any{"agent_id": b.agent.AccountID, "template_id": b.template, "evidence": "short path", "renews": c.Text("id")}).Want(t, 201)
	b.MoveTo(t, b.Now(t).AddDate(0, 0, 30))
	b.state(t, c.Text("public_id"), badge.Expired)
	b.state(t, renewed.Text("public_id"), badge.Valid)
	b.knows(t, 3)
	b.MoveTo(t, b.Now(t).AddDate(0, 0, 360)) // all credentials are over; what the operator granted is not
	b.knows(t, 2)
}

func TestOnePersonSuspendsTwoRevokeAnotherDecides(t *testing.T) {
	t.Parallel()
	b := open(t)
	c := b.issue(t)
	id := c.Text("id")
	b.agent.Post(t, "/credentials/"+id+"/appeals", map[string]any{"reason": "why"}).WantProblem(t, 409, "nothing_to_appeal")
	b.first.Post(t, "/credentials/"+id+"/suspension", why("cheating")).Want(t, 200)
	b.second.Post(t, "/credentials/"+id+"/suspension", why("cheating")).WantProblem(t, 409, "credential_suspended")
	b.knows(t, 0)
	b.MoveTo(t, b.Now(t).Add(72*time.Hour+time.Second))
	b.knows(t, 3) // it ended by itself
	b.state(t, c.Text("public_id"), badge.Valid)
	b.first.Post(t, "/credentials/"+id+"/suspension", why("cheating")).WantProblem(t, 409, "suspended_before")

	request := b.first.Post(t, "/credentials/"+id+"/revocation-requests", why("cheating")).Want(t, 201).Text("id")
	b.first.Post(t, "/revocation-requests/"+request+"/confirmation", nil).WantProblem(t, 409, "second_person_needed")
	b.state(t, c.Text("public_id"), badge.Valid)
	b.MoveTo(t, b.Now(t).Add(72*time.Hour))
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).WantProblem(t, 409, "request_lapsed")
	request = b.first.Post(t, "/credentials/"+id+"/revocation-requests", why("cheating")).Want(t, 201).Text("id")
	if waiting := b.second.Get(t, "/revocation-requests").Want(t, 200); waiting.Text("items", 0, "id") != request {
		t.Errorf("to be confirmed are %v, first of all %s", waiting, request)
	}
	if record := b.second.Get(t, "/credentials/"+id).Want(t, 200); record.At("log_index") == nil {
		t.Errorf("an official is not told where the log has the credential: %v", record)
	}
	b.second.Post(t, "/revocation-requests/"+request+"/confirmation", nil).Want(t, 200)
	page := b.state(t, c.Text("public_id"), badge.Revoked)
	if page.Text("reason_code") != "cheating" || page.At("revoked_at") == nil {
		t.Errorf("the page says %v", page)
	}
	b.knows(t, 0)
	b.first.Post(t, "/credentials/"+id+"/revocation-requests", why("other")).WantProblem(t, 409, "credential_revoked")

	appeal := b.agent.Post(t, "/credentials/"+id+"/appeals", map[string]any{"reason": "it was not me"}).Want(t, 201).Text("id")
	b.agent.Post(t, "/credentials/"+id+"/appeals", map[string]any{"reason": "again"}).WantProblem(t, 409, "appealed_already")
	ruling := map[string]any{"upheld": true, "reason": "it was somebody else"}
	for _, involved := range []*apitest.Person{b.first, b.second} {
		involved.Post(t, "/appeals/"+appeal+"/decision", ruling).WantProblem(t, 409, "other_person_needed")
	}
	decided := b.operator.Post(t, "/appeals/"+appeal+"/decision", ruling).Want(t, 200)
	b.operator.Post(t, "/appeals/"+appeal+"/decision", ruling).WantProblem(t, 409, "appeal_decided")
	b.knows(t, 3)
	b.state(t, c.Text("public_id"), badge.Revoked) // for ever: another took its place
	mine := b.agent.Get(t, "/credentials").Want(t, 200)
	if mine.Len("items") != 2 || mine.Text("items", 0, "id") != decided.Text("replacement") || mine.Text("items", 0, "state") != "valid" {
		t.Errorf("the agent has %v", mine.At("items"))
	}
	if told := b.Facts(t, "peakseat.certification.credential.revoked.v1"); told != 1 {
		t.Errorf("told %d times", told)
	}
}

func TestNameOnlyWithConsent(t *testing.T) {
	t.Parallel()
	b := open(t)
	c := b.issue(t)
	stranger := b.Agent(t)
	stranger.Put(t, "/credentials/"+c.Text("id")+"/consent", map[string]any{"show_name": true}).WantProblem(t, 404, "not_found")
	stranger.Get(t, "/credentials/"+c.Text("id")+"/file").WantProblem(t, 404, "not_found")
	b.agent.Put(t, "/credentials/"+c.Text("id")+"/consent", map[string]any{"show_name": true}).Want(t, 200)
	if got := b.state(t, c.Text("public_id"), badge.Valid).Text("holder_name"); got != "林小满" {
		t.Errorf("with consent the page says %q", got)
	}
	b.agent.Put(t, "/credentials/"+c.Text("id")+"/consent", map[string]any{"show_name": false}).Want(t, 200)
	if b.state(t, c.Text("public_id"), badge.Valid).At("holder_name") != nil {
		t.Error("the name is told after the consent ended")
	}
	b.state(t, "AAAAAAAAAAAAAAAAAAAAAA", badge.Unknown)
	b.state(t, c.Text("id"), badge.Unknown) // an internal id opens nothing
}

// Who has no token is limited by address, on the public page and on what is published; who has one is not touched by it.
func TestPublicPagesAreLimitedPerAddress(t *testing.T) {
	t.Parallel()
	b := open(t, func(c *app.Config) { c.Limits.PerAddress, c.Limits.AtOnce = 0.001, 50 })
	refused := 0
	for range 60 {
		r := b.Nobody().Get(t, "/verifications/AAAAAAAAAAAAAAAAAAAAAA")
		switch r.Status {
		case 200:
		case 429:
			refused++
			if r.Header.Get("Retry-After") == "" {
				t.Error("it does not say when to come back")
			}
		default:
			t.Fatalf("answered %d", r.Status)
		}
	}
	if refused < 10 || refused == 60 {
		t.Errorf("%d of 60 requests were refused", refused)
	}
	b.read(t, "/.well-known/credential-keys.json", 429)
	b.read(t, "/credentials/AAAAAAAAAAAAAAAAAAAAAA/qr.svg", 429)
	b.agent.Get(t, "/verifications/AAAAAAAAAAAAAAAAAAAAAA").Want(t, 200)
}

// What is published is all that a verifier needs.
func TestFileVerifiesWithPublishedKeys(t *testing.T) {
	t.Parallel()
	b := open(t)
	c := b.issue(t)
	var file badge.File
	b.agent.Get(t, "/credentials/"+c.Text("id")+"/file").Want(t, 200).Into(t, &file)
	keys, err := badge.ParseJWKS(b.read(t, "/.well-known/credential-keys.json", 200))
	if err != nil {
		t.Fatal(err)
	}
	v := keys.Verify(file.Credential, "", file.Status, b.Now(t))
	if v.State != badge.Valid {
		t.Fatalf("the file is %s: %v", v.State, v.Why)
	}
	var profile badge.Profile
	if err := json.Unmarshal(b.read(t, "/.well-known/issuer.json", 200), &profile); err != nil || profile.ID != v.Credential.Issuer.ID {
		t.Errorf("the issuer's profile is %+v (%v)", profile, err)
	}
	for id := range keys {
		b.read(t, path(t, id), 200) // the header's kid can be followed
	}
	b.second.Post(t, "/credentials/"+c.Text("id")+"/suspension", why("security")).Want(t, 200)
	var lists []string
	for _, entry := range v.Credential.Status {
		lists = append(lists, string(b.read(t, path(t, entry.List), 200)))
	}
	if v = keys.Verify(file.Credential, "", lists, b.Now(t)); v.State != badge.Suspended {
		t.Errorf("after the suspension it is %s: %v", v.State, v.Why)
	}
	b.read(t, "/.well-known/credential-status/revocation/2", 404)
	b.read(t, "/.well-known/credential-status/mood/1", 404)
	b.read(t, "/.well-known/credential-keys/none", 404)
	if image := b.read(t, "/credentials/"+c.Text("public_id")+"/qr.svg", 200); len(image) < 1000 {
		t.Errorf("the code is %s", image)
	}
	if image := b.read(t, "/credentials/"+c.Text("public_id")+"/qr.png", 200); http.DetectContentType(image) != "image/png" {
		t.Error("the code is no PNG")
	}
}

// What was signed before a rotation verifies after it with what is published then, and after the old key's retirement.
func TestCredentialsOutliveTheirKey(t *testing.T) {
	t.Parallel()
	var dir string
	b := open(t, func(c *app.Config) { dir = c.DataDir })
	issuer := b.App.Certification.Issuer
	old := b.issue(t)
	if err := issuer.Rotate(); err != nil {
		t.Fatal(err)
	}
	aMinuteOld(t, filepath.Join(dir, "keys", "credentials"))
	if err := issuer.Rotate(); err != nil { // reads them all again
		t.Fatal(err)
	}
	keys, err := issuer.List()
	if err != nil {
		t.Fatal(err)
	}
	if err := issuer.Retire(keys[0].ID); err != nil {
		t.Fatal(err)
	}
	other := b.first.Post(t, "/credential-templates", terms(map[string]any{"code": "other"})).Want(t, 201).ID(t, "id")
	fresh := b.first.Post(t, "/credentials", map[string]any{"agent_id": b.agent.AccountID, "template_id": other, "evidence": "seen"}).Want(t, 201)
	published, err := badge.ParseJWKS(b.read(t, "/.well-known/credential-keys.json", 200))
	if err != nil {
		t.Fatal(err)
	}
	if len(published) != 3 {
		t.Errorf("%d keys are published", len(published))
	}
	signed := map[string]bool{}
	for _, c := range []*apitest.Reply{old, fresh} {
		var file badge.File
		b.agent.Get(t, "/credentials/"+c.Text("id")+"/file").Want(t, 200).Into(t, &file)
		if v := published.Verify(file.Credential, "", file.Status, b.Now(t)); v.State != badge.Valid {
			t.Errorf("it is %s: %v", v.State, v.Why)
		}
		header, _, _ := strings.Cut(file.Credential, ".")
		signed[header] = true
	}
	if len(signed) != 2 {
		t.Error("the rotated key did not sign")
	}
}

func (b *board) read(t *testing.T, at string, status int) []byte {
	t.Helper()
	return read(t, b.App.URL()+at, status)
}

// path is an address without its host: a test's server listens elsewhere.
func path(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Path
}
