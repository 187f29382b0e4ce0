package account_test

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/errgroup"

	"peakseat/api/account"
	"peakseat/internal/auth"
)

func TestOwnersInviteStaffAndOperatorsInviteThePlatform(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "owner@example.com")
	operator := h.operator(t, "operator@example.com")
	if got := h.actor(t, operator.access); got.Role != auth.Operator || got.OrganisationID != account.PlatformID() {
		t.Errorf("the first operator's token says %+v", got)
	}
	booker := h.invite(t, owner, "booker@example.com", "booker")
	if got := h.actor(t, booker.access); got.Role != auth.Booker || got.OrganisationID != owner.organisation {
		t.Errorf("the booker's token says %+v", got)
	}
	if facts := h.facts(t, booker.id); !slices.Equal(facts, []string{"peakseat.account.account.registered.v1", "peakseat.account.membership.granted.v1"}) {
		t.Errorf("facts of the booker: %v", facts)
	}
	trainer := h.invite(t, operator, "trainer@example.com", "trainer")
	for _, refused := range []struct {
		by     person
		role   string
		status int
	}{
		{owner, "operator", http.StatusUnprocessableEntity},
		{owner, "trainer", http.StatusUnprocessableEntity},
		{operator, "owner", http.StatusUnprocessableEntity},
		{booker, "viewer", http.StatusForbidden},
		{trainer, "trainer", http.StatusForbidden},
		{h.agent(t, "agent@example.com"), "viewer", http.StatusForbidden},
	} {
		h.do(t, "POST", "/invitations", refused.by.access, object{"email": "x@example.com", "role": refused.role}).want(refused.status)
	}
	h.do(t, "POST", "/invitations", owner.access, object{"email": "BOOKER@example.com", "role": "viewer"}).want(http.StatusConflict, "already_member")

	// colleagues see each other's names, and only owners the addresses
	var members struct {
		Items []struct{ Name, Email, Role string }
	}
	h.do(t, "GET", "/members", owner.access, nil).want(http.StatusOK).into(&members)
	if len(members.Items) != 2 || members.Items[1].Email != "booker@example.com" || members.Items[1].Name != "Li Hua" {
		t.Errorf("the owner sees %+v", members.Items)
	}
	h.do(t, "GET", "/members", booker.access, nil).want(http.StatusOK).into(&members)
	if len(members.Items) != 2 || members.Items[0].Email != "o***@example.com" || members.Items[0].Name != "Wang Xiaoming" {
		t.Errorf("the booker sees %+v", members.Items)
	}
}

func TestAnInvitationIsUsedOnceHoweverManyRace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner := h.merchant(t, "owner@example.com")
	link := h.do(t, "POST", "/invitations", owner.access, object{"email": "viewer@example.com", "role": "viewer"}).want(http.StatusCreated)
	if want := "https://peakseat.test/welcome#" + link.text("token"); link.text("link") != want {
		t.Errorf("link %s, want %s", link.text("link"), want)
	}
	h.do(t, "POST", "/invitations/inspection", "", object{"token": link.text("token")}).want(http.StatusOK)
	var won, lost atomic.Int32
	var group errgroup.Group
	for range 20 {
		group.Go(func() error {
			r := h.do(t, "POST", "/invitations/acceptance", "", object{"token": link.text("token"), "password": h.password, "name": "Li Hua"})
			switch {
			case r.status == http.StatusCreated:
				won.Add(1)
			case slices.Contains([]string{"link_invalid", "password_of_account", "email_taken", "invalid_request"}, r.text("code")):
				lost.Add(1)
			default:
				t.Errorf("answered %d %s", r.status, r.body)
			}
			return nil
		})
	}
	must(t, group.Wait())
	if won.Load() != 1 || lost.Load() != 19 {
		t.Fatalf("%d used the link and %d did not", won.Load(), lost.Load())
	}
	for _, path := range []string{"inspection", "acceptance"} {
		body := object{"token": link.text("token")}
		if path == "acceptance" {
			body["password"], body["name"] = h.password, "Li Hua"
		}
		h.do(t, "POST", "/invitations/"+path, "", body).want(http.StatusNotFound, "link_invalid")
	}
	var members struct{ Items []object }
	h.do(t, "GET", "/members", owner.access, nil).want(http.StatusOK).into(&members)
	if len(members.Items) != 2 {
		t.Errorf("there are %d members", len(members.Items))
	}
}

func TestSomebodyWithAnAccountJoinsWithItsPassword(t *testing.T) {
	t.Parallel()
	h := setup(t)
	first, second := h.merchant(t, "first@example.com"), h.merchant(t, "second@example.com")
	link := h.do(t, "POST", "/invitations", first.access, object{"email": "Second@example.com", "role": "finance"}).want(http.StatusCreated)
	if seen := h.do(t, "POST", "/invitations/inspection", "", object{"token": link.text("token")}).want(http.StatusOK); seen.text("has_account") != "true" {
		t.Errorf("the link says %s", seen.body)
	}
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": link.text("token"), "password": "another password", "name": "Thief"}).
		want(http.StatusUnprocessableEntity, "invalid_request")
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": link.text("token"), "password": h.password}).want(http.StatusCreated)
	// a session names one organisation; the role is that membership's
	again := h.do(t, "POST", "/sessions", "", object{"email": second.email, "password": h.password, "organisation_id": first.organisation}).want(http.StatusCreated)
	if got := h.actor(t, again.text("access_token")); got.Role != auth.Finance || got.OrganisationID != first.organisation || got.AccountID != second.id {
		t.Errorf("the token says %+v", got)
	}
	if got := h.actor(t, h.signIn(t, second).access); got.Role != auth.Owner || got.OrganisationID != second.organisation {
		t.Errorf("without an organisation the token says %+v", got)
	}
	stranger := h.merchant(t, "stranger@example.com")
	h.do(t, "POST", "/sessions", "", object{"email": second.email, "password": h.password, "organisation_id": stranger.organisation}).want(http.StatusNotFound, "organisation_not_found")

	// taken out again: the sessions for the first merchant end, those for their own stay
	h.do(t, "DELETE", "/members/"+second.id.String(), first.access, nil).want(http.StatusNoContent)
	h.do(t, "GET", "/me", again.text("access_token"), nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions/refresh", "", object{"refresh_token": again.text("refresh_token")}).want(http.StatusUnauthorized)
	h.do(t, "GET", "/me", second.access, nil).want(http.StatusOK)
	h.do(t, "DELETE", "/members/"+second.id.String(), first.access, nil).want(http.StatusNotFound)
	h.do(t, "DELETE", "/members/"+first.id.String(), first.access, nil).want(http.StatusConflict, "own_account")
}

func TestInvitationsAreListedAndTakenBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	owner, other := h.merchant(t, "owner@example.com"), h.merchant(t, "other@example.com")
	old := h.do(t, "POST", "/invitations", owner.access, object{"email": "viewer@example.com", "role": "viewer"}).want(http.StatusCreated)
	link := h.do(t, "POST", "/invitations", owner.access, object{"email": "Viewer@example.com", "role": "viewer"}).want(http.StatusCreated)
	h.do(t, "POST", "/invitations/inspection", "", object{"token": old.text("token")}).want(http.StatusNotFound) // the second replaced it
	var list struct{ Items []struct{ ID, Email string } }
	h.do(t, "GET", "/invitations", owner.access, nil).want(http.StatusOK).into(&list)
	if len(list.Items) != 1 || list.Items[0].Email != "Viewer@example.com" || strings.Contains(link.text("id"), "ps_inv") {
		t.Errorf("waiting: %+v", list.Items)
	}
	h.do(t, "DELETE", "/invitations/"+link.text("id"), other.access, nil).want(http.StatusNotFound)
	h.do(t, "DELETE", "/invitations/"+link.text("id"), owner.access, nil).want(http.StatusNoContent)
	h.do(t, "POST", "/invitations/inspection", "", object{"token": link.text("token")}).want(http.StatusNotFound)
}

// Whoever is put out leaves no door open behind them: what they made and nobody has used yet dies with their rights.
func TestLinksDieWithTheirMakersRights(t *testing.T) {
	t.Parallel()
	h := setup(t)
	first := h.operator(t, "first@example.com")
	second := h.invite(t, first, "second@example.com", "operator")
	owner := h.merchant(t, "owner@example.com")
	partner := h.invite(t, owner, "partner@example.com", "owner")
	agent := h.agent(t, "agent@example.com")
	invited := func(by person, email, role string) string {
		return h.do(t, "POST", "/invitations", by.access, object{"email": email, "role": role}).want(http.StatusCreated).text("token")
	}
	back := invited(second, "back@example.com", "operator")
	reset := h.do(t, "POST", "/accounts/"+agent.id.String()+"/password-reset", second.access, object{"reason": "asked to"}).want(http.StatusCreated).text("token")
	side := invited(partner, "side@example.com", "owner")
	kept := invited(owner, "kept@example.com", "viewer")

	h.do(t, "POST", "/accounts/"+second.id.String()+"/disablement", first.access, object{"reason": "left"}).want(http.StatusNoContent)
	h.do(t, "DELETE", "/members/"+partner.id.String(), owner.access, nil).want(http.StatusNoContent)
	for what, token := range map[string]string{"a disabled operator's invitation": back, "a disabled operator's reset": reset, "a former owner's invitation": side} {
		h.do(t, "POST", "/invitations/inspection", "", object{"token": token}).want(http.StatusNotFound, "link_invalid")
		if r := h.do(t, "POST", "/invitations/acceptance", "", object{"token": token, "password": h.password, "name": "Li Hua"}); r.status != http.StatusNotFound {
			t.Errorf("%s is answered %d %s", what, r.status, r.body)
		}
	}
	var waiting struct{ Items []struct{ Email string } }
	h.do(t, "GET", "/invitations", owner.access, nil).want(http.StatusOK).into(&waiting)
	if len(waiting.Items) != 1 || waiting.Items[0].Email != "kept@example.com" {
		t.Errorf("the owner sees %+v waiting", waiting.Items)
	}
	h.accept(t, kept, "kept@example.com")
}

func TestAResetSetsThePasswordAndEndsEverySession(t *testing.T) {
	t.Parallel()
	h := setup(t)
	operator, agent := h.operator(t, "operator@example.com"), h.agent(t, "agent@example.com")
	h.do(t, "POST", "/accounts/"+agent.id.String()+"/password-reset", agent.access, object{"reason": "x"}).want(http.StatusForbidden)
	h.do(t, "POST", "/accounts/"+agent.id.String()+"/password-reset", operator.access, object{"reason": " "}).want(http.StatusUnprocessableEntity)
	first := h.do(t, "POST", "/accounts/"+agent.id.String()+"/password-reset", operator.access, object{"reason": "asked by phone"}).want(http.StatusCreated)
	link := h.do(t, "POST", "/accounts/"+agent.id.String()+"/password-reset", operator.access, object{"reason": "asked again"}).want(http.StatusCreated)
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": first.text("token"), "password": "a new password"}).want(http.StatusNotFound, "link_invalid")
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": link.text("token"), "password": "a new password"}).want(http.StatusCreated)
	h.do(t, "GET", "/me", agent.access, nil).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions", "", object{"email": agent.email, "password": h.password}).want(http.StatusUnauthorized)
	h.do(t, "POST", "/sessions", "", object{"email": agent.email, "password": "a new password"}).want(http.StatusCreated)
	if got := h.audited(t, agent.id); !slices.Equal(got, []string{"password_reset.made", "password_reset.made", "password.reset"}) {
		t.Errorf("the trail says %v", got)
	}
	// the command line gives a known operator a way back in
	token, err := h.InviteOperator(t.Context(), operator.email)
	must(t, err)
	h.do(t, "POST", "/invitations/acceptance", "", object{"token": token, "password": "a new password"}).want(http.StatusCreated)
	h.do(t, "POST", "/sessions", "", object{"email": operator.email, "password": "a new password"}).want(http.StatusCreated)
}
