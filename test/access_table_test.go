package test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
)

// operation is one line of the access test: who may, and a request that succeeds.
type operation struct {
	op  string // method and path
	may string // the roles that may, as the contract says: this is not read from the program
	// ask makes a request of a side's that would succeed if somebody in that role sent it now.
	ask func(t *testing.T, w *accessWorld, s *tenants, role string) request
	// hidden names a thing of the side's that others must not know of, where an id of theirs is no secret as such.
	hidden func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID
	blind  bool   // a foreign and an absent id succeed alike
	tries  string // the roles whose success is tried; absent: all that may
	stream bool
	// within are further requests by a side, each with a foreign id in its body or query; with an absent one they answer the same.
	within func(t *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request
	// of names what within takes from the other side.
	of func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID
}

// request is what one is asked with. as is who asks where it must not be the role's usual person.
type request struct {
	id      uuid.UUID
	query   string
	body    any
	headers map[string]string
	as      *apitest.Person
}

const (
	signedIn  = "agent owner booker finance viewer trainer operator"
	merchants = "owner booker finance viewer"
	bookers   = "owner booker"
	moneyed   = "owner finance"
)

// plain asks without id or body.
func plain(*testing.T, *accessWorld, *tenants, string) request { return request{} }

// at asks about one thing.
func at(find func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID) func(*testing.T, *accessWorld, *tenants, string) request {
	return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
		t.Helper()
		return request{id: find(t, w, s)}
	}
}

// with asks with a body.
func with(body func(w *accessWorld, s *tenants) map[string]any) func(*testing.T, *accessWorld, *tenants, string) request {
	return func(_ *testing.T, w *accessWorld, s *tenants, _ string) request { return request{body: body(w, s)} }
}

func draftOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	booking, _ := w.draft(t, s)
	return booking
}

func openBookingOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	booking, _ := w.open(t, s)
	return booking
}

func openShiftOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	_, shift := w.open(t, s)
	return shift
}

func draftShiftOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	_, shift := w.draft(t, s)
	return shift
}

func heldOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { t.Helper(); return w.held(t, s) }

func offerOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID   { t.Helper(); return w.offer(t, s) }
func workingOf(_ *testing.T, _ *accessWorld, s *tenants) uuid.UUID { return s.working }
func sheetOf(t *testing.T, _ *accessWorld, s *tenants) uuid.UUID   { t.Helper(); return s.sheet(t) }
func agentOf(_ *testing.T, _ *accessWorld, s *tenants) uuid.UUID   { return s.people["agent"].AccountID }
func shopOf(_ *testing.T, _ *accessWorld, s *tenants) uuid.UUID    { return s.shop }

func newcomerOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	return w.newcomer(t, s, "viewer").AccountID
}

func aSheetOf(t *testing.T, _ *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	if len(s.sheets) == 0 {
		t.Fatal("no timesheet is left")
	}
	return s.sheets[len(s.sheets)-1]
}

func quoteOf(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	booking, _ := w.draft(t, s)
	return w.quote(t, s, booking)
}

func planOf(t *testing.T, w *accessWorld, s *tenants, _ string) request {
	t.Helper()
	return request{body: map[string]any{"booking_id": openBookingOf(t, w, s)}}
}

// reasoned asks an operator's act on an account.
func reasoned(find func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID) func(*testing.T, *accessWorld, *tenants, string) request {
	return func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
		t.Helper()
		return request{id: find(t, w, s), body: map[string]any{"reason": "asked to"}}
	}
}

// theOperations are all there are, in the order of the document.
func theOperations() []operation {
	var list []operation
	list = append(list, identityOperations()...)
	list = append(list, bookingOperations()...)
	list = append(list, agentOperations()...)
	list = append(list, moneyOperations()...)
	list = append(list, noticeOperations()...)
	list = append(list, certificationOperations()...)
	list = append(list, bankOperations()...)
	list = append(list, courseOperations()...)
	list = append(list, simulationOperations()...)
	list = append(list, assessmentOperations()...)
	list = append(list, playOperations()...)
	list = append(list, attemptOperations()...)
	list = append(list, trialOperations()...)
	list = append(list, packOperations()...)
	return append(list, platformOperations()...)
}

func identityOperations() []operation {
	signIn := func(_ *accessWorld, email string) map[string]any {
		return map[string]any{"email": email, "password": accessPassword}
	}
	invitation := func(t *testing.T, w *accessWorld, s *tenants, role string) (id uuid.UUID, token string) {
		t.Helper()
		by, to := s.people["owner"], "viewer"
		if role == "operator" {
			by, to = w.operator, "trainer"
		}
		r := by.Post(t, "/invitations", map[string]any{"email": w.email(s.staff), "role": to}).Want(t, 201)
		return r.ID(t, "id"), r.Text("token")
	}
	key := func(s *tenants) map[string]any {
		return map[string]any{"name": s.staff + " key", "role": "viewer", "scopes": []string{"matcher:read"}}
	}
	return []operation{
		{op: "POST /accounts", may: "anyone", ask: with(func(w *accessWorld, s *tenants) map[string]any {
			return map[string]any{"kind": "agent", "email": w.email(s.private), "password": accessPassword, "name": s.private}
		})},
		{
			op: "POST /sessions", may: "anyone", ask: with(func(w *accessWorld, s *tenants) map[string]any { return signIn(w, s.people["viewer"].Email) }),
			of: func(_ *testing.T, _ *accessWorld, s *tenants) uuid.UUID { return s.merchant },
			within: func(_ *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				body := signIn(w, s.people["viewer"].Email)
				body["organisation_id"] = foreign
				return request{body: body}
			},
		},
		{op: "POST /sessions/refresh", may: "anyone", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			r := w.Nobody().Post(t, "/sessions", signIn(w, s.people["viewer"].Email)).Want(t, 201)
			return request{body: map[string]any{"refresh_token": r.Text("refresh_token")}}
		}},
		{op: "DELETE /sessions/current", may: signedIn, tries: "agent viewer operator", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			p := w.person(s, role)
			if p.Token == "" {
				return request{}
			}
			return request{as: w.SignIn(t, p.Email)}
		}},
		{op: "GET /me", may: signedIn, ask: plain},
		{op: "PATCH /me", may: signedIn, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			p, name := w.person(s, role), s.staff
			switch role {
			case "nobody":
				return request{body: map[string]any{"name": "x"}}
			case "agent":
				name = s.private
			case "trainer", "operator":
				name = "Tau Platform"
			}
			return request{headers: etag(t, p.Get(t, "/me")), body: map[string]any{"name": name}}
		}},
		{op: "POST /me/password", may: signedIn, tries: "agent viewer", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			r := request{body: map[string]any{"password": accessPassword, "new_password": accessPassword + " 2"}}
			if role != "nobody" {
				r.as = w.newcomer(t, s, role)
			}
			return r
		}},
		{op: "GET /members", may: merchants + " trainer operator", ask: plain},
		{op: "DELETE /members/{id}", may: "owner operator", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			if role == "operator" {
				return request{id: w.newcomer(t, s, "trainer").AccountID}
			}
			return request{id: newcomerOf(t, w, s)}
		}},
		{op: "PUT /members/{id}/role", may: "owner operator", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			if role == "operator" {
				return request{id: w.newcomer(t, s, "trainer").AccountID, body: map[string]any{"role": "operator"}}
			}
			return request{id: newcomerOf(t, w, s), body: map[string]any{"role": "booker"}}
		}},
		{op: "PUT /organisation/name", may: "owner", ask: with(func(_ *accessWorld, s *tenants) map[string]any {
			return map[string]any{"name": s.business + " trading"}
		})},
		{op: "GET /me/export", may: signedIn, ask: plain},
		{op: "POST /me/erasure", may: signedIn, tries: "agent viewer", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			r := request{body: map[string]any{"password": accessPassword}}
			if role != "nobody" {
				r.as = w.newcomer(t, s, role)
			}
			return r
		}},
		{op: "POST /invitations", may: "owner operator", ask: func(_ *testing.T, w *accessWorld, s *tenants, role string) request {
			to := "viewer"
			if role == "operator" {
				to = "trainer"
			}
			return request{body: map[string]any{"email": w.email(s.staff), "role": to}}
		}},
		{op: "GET /invitations", may: "owner operator", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			invitation(t, w, s, role)
			return request{}
		}},
		{op: "DELETE /invitations/{id}", may: "owner operator", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			id, _ := invitation(t, w, s, role)
			return request{id: id}
		}},
		{op: "POST /invitations/inspection", may: "anyone", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			_, token := invitation(t, w, s, "owner")
			return request{body: map[string]any{"token": token}}
		}},
		{op: "POST /invitations/acceptance", may: "anyone", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			_, token := invitation(t, w, s, "owner")
			return request{body: map[string]any{"token": token, "name": s.staff, "password": accessPassword}}
		}},
		{op: "POST /accounts/{id}/password-reset", may: "operator", ask: reasoned(newcomerOf)},
		{op: "POST /api-keys", may: "owner", ask: with(func(_ *accessWorld, s *tenants) map[string]any { return key(s) })},
		{op: "GET /api-keys", may: "owner", ask: plain},
		{op: "DELETE /api-keys/{id}", may: "owner", ask: at(func(t *testing.T, _ *accessWorld, s *tenants) uuid.UUID {
			return s.people["owner"].Post(t, "/api-keys", key(s)).Want(t, 201).ID(t, "id")
		})},
		{op: "GET /accounts", may: "operator", ask: plain},
		{op: "GET /accounts/{id}", may: "operator", ask: at(agentOf)},
		{op: "GET /names", may: officials, ask: func(_ *testing.T, _ *accessWorld, s *tenants, _ string) request {
			return request{query: "?id=" + s.people["agent"].AccountID.String()}
		}},
		{op: "POST /accounts/lookup", may: "operator", ask: with(func(_ *accessWorld, s *tenants) map[string]any {
			return map[string]any{"email": s.people["viewer"].Email}
		})},
		{op: "POST /accounts/{id}/reveal", may: "operator", ask: reasoned(agentOf)},
		{op: "POST /accounts/{id}/disablement", may: "operator", ask: reasoned(newcomerOf)},
		{op: "POST /accounts/{id}/enablement", may: "operator", ask: reasoned(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
			id := newcomerOf(t, w, s)
			w.operator.Post(t, "/accounts/"+id.String()+"/disablement", map[string]any{"reason": "asked to"}).Want(t, 204)
			return id
		})},
		{op: "GET /me/identity", may: "agent", ask: plain},
		{op: "PUT /me/identity", may: "agent", ask: with(func(_ *accessWorld, s *tenants) map[string]any { return s.realName() })},
		{op: "GET /identities", may: "operator", ask: plain},
		{op: "GET /accounts/{id}/identity", may: "operator", ask: at(identityOf)},
		{op: "POST /accounts/{id}/identity/reveal", may: "operator", ask: reasoned(identityOf)},
		{op: "POST /accounts/{id}/identity/decision", may: "operator", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			id := identityOf(t, w, s)
			version := w.operator.Get(t, "/accounts/"+id.String()+"/identity").Want(t, 200).Int("version")
			return request{id: id, body: map[string]any{"version": version, "reason": "asked to"}}
		}},
	}
}

// identityOf is the side's agent, who has given real-name data.
func identityOf(t *testing.T, _ *accessWorld, s *tenants) uuid.UUID {
	t.Helper()
	s.people["agent"].Put(t, "/me/identity", s.realName()).Want(t, 200)
	return s.people["agent"].AccountID
}

// realName is the side's agent's by law: each side's number is another.
func (s *tenants) realName() map[string]any {
	number := map[string]string{"ours": "11010519900101103X", "theirs": "110105199001011232"}[s.side]
	return map[string]any{"name": s.private, "number": number, "phone": "13800138000", "bank_account": "6222021234567890128"}
}

func bookingOperations() []operation {
	return []operation{
		{op: "POST /shops", may: bookers, ask: with(func(*accessWorld, *tenants) map[string]any {
			return map[string]any{"name": "Kiosk", "industry": "apparel", "channels": []string{"chat"}}
		})},
		{op: "GET /shops", may: merchants, ask: plain},
		{op: "PUT /shops/{id}", may: bookers, ask: func(t *testing.T, _ *accessWorld, s *tenants, _ string) request {
			made := s.people["owner"].Post(t, "/shops", map[string]any{"name": "Kiosk", "industry": "apparel", "channels": []string{"chat"}}).Want(t, 201)
			return request{id: made.ID(t, "id"), body: map[string]any{"name": "Corner kiosk", "industry": "apparel", "channels": []string{"chat"}}, headers: map[string]string{"If-Match": `"1"`}}
		}},
		{op: "POST /campaigns", may: "operator", ask: with(func(w *accessWorld, _ *tenants) map[string]any {
			day := w.day.AddDate(0, 2, 0).Format(time.DateOnly)
			return map[string]any{"name": "Peak", "starts_on": day, "ends_on": day, "multiplier": 11000}
		})},
		{op: "GET /campaigns", may: signedIn, ask: plain},
		{
			op: "POST /bookings", may: bookers, ask: with(func(w *accessWorld, s *tenants) map[string]any { return w.bookingBody(s) }), of: shopOf,
			within: func(_ *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				body := w.bookingBody(s)
				body["shop_id"] = foreign
				return request{body: body}
			},
		},
		{
			op: "POST /bookings", may: bookers, tries: "owner", ask: with(func(w *accessWorld, s *tenants) map[string]any { return w.bookingBody(s) }),
			of: func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
				t.Helper()
				return w.newcomer(t, s, "agent").AccountID // merchants name whom they know, whether or not there is such an agent
			},
			within: func(_ *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				body := w.bookingOn(s, w.day.AddDate(0, 1, 0))
				body["core_team"] = []uuid.UUID{foreign}
				return request{body: body}
			},
		},
		{
			op: "PATCH /bookings/{id}", may: bookers, of: shopOf,
			ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
				id := draftOf(t, w, s)
				return request{id: id, body: w.bookingBody(s), headers: etag(t, s.people["owner"].Get(t, "/bookings/"+id.String()))}
			},
			within: func(t *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				id := draftOf(t, w, s)
				body := w.bookingBody(s)
				body["shop_id"] = foreign
				return request{id: id, body: body, headers: etag(t, s.people["owner"].Get(t, "/bookings/"+id.String()))}
			},
		},
		{op: "GET /bookings", may: merchants + " operator", ask: plain},
		{op: "GET /bookings/days", may: merchants, ask: func(*testing.T, *accessWorld, *tenants, string) request {
			return request{query: "?from=2026-11-01&to=2026-11-30"}
		}},
		{op: "GET /bookings/{id}", may: merchants + " operator", ask: at(draftOf)},
		{op: "GET /bookings/{id}/shifts", may: merchants + " operator", ask: at(openBookingOf)},
		{
			op: "POST /bookings/{id}/confirmation", may: bookers, of: quoteOf,
			ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
				id := draftOf(t, w, s)
				return request{id: id, body: map[string]any{"quote_id": w.quote(t, s, id)}}
			},
			within: func(t *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				return request{id: draftOf(t, w, s), body: map[string]any{"quote_id": foreign}}
			},
		},
		{
			op: "POST /bookings/{id}/cancellation", may: bookers, of: openShiftOf,
			ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
				return request{id: openBookingOf(t, w, s), body: map[string]any{}}
			},
			within: func(t *testing.T, w *accessWorld, s *tenants, foreign uuid.UUID) request {
				return request{id: openBookingOf(t, w, s), body: map[string]any{"shift_ids": []uuid.UUID{foreign}}}
			},
		},
		{op: "GET /shifts/{id}/assignments", may: merchants + " operator", ask: at(openShiftOf)},
		{op: "GET /agents", may: merchants + " operator", ask: plain},
		{op: "PUT /blocks/{id}", may: "agent " + bookers, blind: true, ask: func(_ *testing.T, _ *accessWorld, s *tenants, role string) request {
			id := s.people["agent"].AccountID
			if role == "agent" {
				id = s.merchant
			}
			return request{id: id, body: map[string]any{"blocked": false}}
		}},
		{op: "GET /market", may: "anyone", ask: plain},
		{op: "GET /market/overview", may: "operator", ask: func(*testing.T, *accessWorld, *tenants, string) request {
			return request{query: "?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z"}
		}},
		{op: "POST /seat-plans", may: "anyone", ask: with(func(_ *accessWorld, _ *tenants) map[string]any {
			return map[string]any{
				"interval_minutes": 30, "handling_seconds": 300, "service_level": 0.8, "threshold_seconds": 20,
				"contacts": []map[string]any{{"starts_at": "2026-11-11T10:00:00+08:00", "contacts": 20}},
			}
		})},
		{op: "POST /bookings/{id}/quotes", may: bookers, ask: at(draftOf)},
		{op: "GET /bookings/{id}/live", may: "owner booker viewer operator", ask: at(openBookingOf), stream: true},
		{op: "GET /shifts/{id}/gaps", may: merchants + " operator", ask: at(openShiftOf)},
		{op: "GET /shifts/{id}/explanation", may: "operator", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: openShiftOf(t, w, s), query: "?agent_id=" + s.people["agent"].AccountID.String()}
		}},
		{op: "POST /plans", may: "operator", ask: planOf},
		{op: "GET /plans", may: "operator", ask: plain},
		{op: "GET /plans/{id}", may: "operator", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.operator.Post(t, "/plans", planOf(t, w, s, "operator").body).Want(t, 202).ID(t, "id")}
		}},
	}
}

func agentOperations() []operation {
	return []operation{
		{op: "GET /tags", may: signedIn, ask: plain},
		{op: "POST /tags", may: "operator", ask: func(*testing.T, *accessWorld, *tenants, string) request {
			body := tagBody()
			body["dimension"], body["value"] = "system", "s"+strings.ReplaceAll(uuid.NewString(), "-", "")
			return request{body: body}
		}},
		{op: "PUT /tags/{dimension}/{value}", may: "operator", ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			t.Helper()
			body := tagBody()
			body["retired"] = false
			return request{body: body, headers: map[string]string{"If-Match": `"` + strconv.Itoa(w.tagVersion(t, "system/chatwoot")) + `"`}}
		}},
		{op: "GET /taxonomy", may: officials, ask: plain},
		{op: "GET /taxonomy/changes", may: officials, ask: plain},
		{op: "PUT /agents/{id}/tags", may: "operator", ask: func(_ *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: s.people["agent"].AccountID, body: []map[string]any{{
				"tag": s.tag, "level": 3, "expires_at": w.day.AddDate(1, 0, 0), "evidence": s.private + " passed",
			}}}
		}},
		{op: "GET /profile", may: "agent", ask: plain},
		{op: "PUT /profile", may: "agent", ask: with(func(_ *accessWorld, s *tenants) map[string]any {
			return map[string]any{
				"max_day_minutes": 720, "max_week_minutes": 3600, "longest_shift_minutes": 720,
				"least_pay": cny(map[string]int{"ours": 17, "theirs": 19}[s.side]), "needs": []string{},
			}
		})},
		{op: "GET /availability", may: "agent", ask: plain},
		{op: "PUT /availability", may: "agent", ask: with(func(w *accessWorld, _ *tenants) map[string]any {
			return map[string]any{"intervals": []map[string]any{{"starts_at": w.day.AddDate(0, 3, 0), "ends_at": w.day.AddDate(0, 3, 1), "available": false}}}
		})},
		{op: "GET /me/tags", may: signedIn, ask: plain},
		{op: "GET /assignments", may: "agent", ask: plain},
		{op: "POST /assignments/{id}/check-in", may: "agent", ask: at(workingOf)},
		{op: "POST /assignments/{id}/breaks", may: "agent", ask: func(_ *testing.T, _ *accessWorld, s *tenants, _ string) request {
			return request{id: s.working, body: map[string]any{"action": "start"}}
		}},
		{op: "POST /assignments/{id}/check-out", may: "agent", ask: at(workingOf)},
		{op: "GET /hall", may: "agent", ask: func(*testing.T, *accessWorld, *tenants, string) request { return request{query: "?include=ineligible"} }},
		{op: "POST /shifts/{id}/claims", may: "agent", ask: at(openShiftOf), hidden: draftShiftOf},
		{op: "GET /offers", may: "agent", ask: plain},
		{op: "POST /offers/{id}/acceptance", may: "agent", ask: at(offerOf)},
		{op: "POST /offers/{id}/refusal", may: "agent", ask: at(offerOf)},
		{op: "POST /assignments/{id}/release", may: "agent", ask: at(heldOf)},
		{op: "GET /shifts/{id}/eligibility", may: "agent", ask: at(openShiftOf), hidden: draftShiftOf},
	}
}

func moneyOperations() []operation {
	month := func(_ *testing.T, w *accessWorld, _ *tenants, _ string) request {
		return request{query: "?month=" + w.day.Format("2006-01")}
	}
	minutes := map[string]any{"minutes": 5, "reason": "away"}
	return []operation{
		{op: "GET /price-book", may: "anyone", ask: plain},
		{op: "GET /price-book/versions", may: "operator", ask: plain},
		{op: "POST /price-book/preview", may: "operator", ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			t.Helper()
			book := map[string]any{}
			w.operator.Get(t, "/price-book").Into(t, &book)
			delete(book, "version")
			delete(book, "effective_at")
			return request{body: book}
		}},
		{op: "PUT /price-book", may: "operator", ask: func(t *testing.T, w *accessWorld, _ *tenants, _ string) request {
			r := w.operator.Get(t, "/price-book")
			book := map[string]any{}
			r.Into(t, &book)
			delete(book, "version")
			delete(book, "effective_at")
			return request{body: book, headers: etag(t, r)}
		}},
		{op: "GET /wallet", may: merchants, ask: plain},
		{op: "GET /wallet/entries", may: merchants, ask: plain},
		{op: "POST /wallet/top-ups", may: moneyed, ask: with(func(*accessWorld, *tenants) map[string]any { return map[string]any{"amount": cny(100)} })},
		{op: "GET /wallet/top-ups", may: merchants + " operator", ask: plain},
		{op: "POST /wallet/top-ups/{id}/settlement", may: "operator", ask: at(func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID {
			return w.topUp(t, s, 100, false)
		})},
		{
			op: "GET /timesheets", may: "agent " + merchants + " operator", ask: plain, of: openBookingOf,
			within: func(_ *testing.T, _ *accessWorld, _ *tenants, foreign uuid.UUID) request {
				return request{query: "?booking_id=" + foreign.String()}
			},
		},
		{op: "GET /timesheets/{id}", may: "agent " + merchants + " operator", ask: at(aSheetOf)},
		{op: "POST /timesheets/{id}/approval", may: moneyed, ask: at(sheetOf)},
		{op: "POST /timesheets/{id}/dispute", may: moneyed, ask: func(t *testing.T, _ *accessWorld, s *tenants, _ string) request {
			return request{id: s.sheet(t), body: minutes}
		}},
		{op: "POST /timesheets/{id}/objection", may: "agent", ask: func(t *testing.T, _ *accessWorld, s *tenants, _ string) request {
			return request{id: s.sheet(t), body: minutes}
		}},
		{op: "GET /disputes", may: "agent " + merchants + " operator", ask: plain},
		{op: "POST /disputes/{id}/answer", may: "agent " + moneyed, ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			by := "owner"
			if role != "agent" {
				by = "agent"
			}
			return request{id: w.dispute(t, s, by), body: map[string]any{"answer": "no"}}
		}},
		{op: "POST /disputes/{id}/ruling", may: "operator", ask: func(t *testing.T, w *accessWorld, s *tenants, _ string) request {
			return request{id: w.dispute(t, s, "owner"), body: map[string]any{"minutes_to_agent": 2, "reason": "half"}}
		}},
		{op: "GET /earnings", may: "agent", ask: plain},
		{op: "GET /statements", may: "agent " + merchants, ask: month},
	}
}

func noticeOperations() []operation {
	// one that the role reads; viewers and trainers are told nothing yet, and get one that they must not see
	noticeOf := func(t *testing.T, w *accessWorld, s *tenants, role string) (id uuid.UUID) {
		t.Helper()
		if role == "agent" {
			w.offer(t, s)
		}
		apitest.Until(t, "there is a notice", func() bool {
			return w.DB.System.Pool.QueryRow(t.Context(), `select id from notice.notice
				where case $1 when 'agent' then account_id = $2 else organisation_id = $3 and 'owner' = any (roles) and 'finance' = any (roles) end
				order by position desc limit 1`, role, s.people["agent"].AccountID, s.merchant).Scan(&id) == nil
		})
		return id
	}
	through := func(t *testing.T, w *accessWorld, s *tenants, role string) request {
		t.Helper()
		return request{body: map[string]any{"through": noticeOf(t, w, s, role)}}
	}
	return []operation{
		{op: "GET /notices", may: signedIn, ask: plain},
		{op: "POST /notices/{id}/read", may: signedIn, tries: "agent owner finance", ask: func(t *testing.T, w *accessWorld, s *tenants, role string) request {
			return request{id: noticeOf(t, w, s, role)}
		}},
		{
			op: "POST /notices/read", may: signedIn, tries: "agent owner finance", ask: through,
			of: func(t *testing.T, w *accessWorld, s *tenants) uuid.UUID { return noticeOf(t, w, s, "agent") },
			within: func(_ *testing.T, _ *accessWorld, _ *tenants, foreign uuid.UUID) request {
				return request{body: map[string]any{"through": foreign}}
			},
		},
		{op: "GET /notices/stream", may: signedIn, ask: plain, stream: true},
	}
}

func platformOperations() []operation {
	return []operation{
		{op: "GET /facts/parked", may: "operator", ask: plain},
		{op: "POST /facts/parked/{id}/retry", may: "operator", ask: at(func(t *testing.T, w *accessWorld, _ *tenants) uuid.UUID { return w.parked(t) })},
		{op: "GET /audit", may: "operator", ask: plain},
		{op: "POST /audit/verification", may: "operator", ask: plain},
	}
}

func tagBody() map[string]any {
	levels := make([]map[string]any, 5)
	for i := range levels {
		levels[i] = map[string]any{"zh": "会", "en": "can"}
	}
	return map[string]any{"zh": "系统", "en": "System", "levels": levels, "reason": "asked to"}
}

func (w *accessWorld) tagVersion(t *testing.T, name string) int {
	t.Helper()
	r := w.operator.Get(t, "/taxonomy").Want(t, 200)
	for i := range r.Len("tags") {
		if r.Text("tags", i, "tag") == name {
			return r.Int("tags", i, "version")
		}
	}
	t.Fatalf("there is no tag %s", name)
	return 0
}

// roles are those that a list of words names.
func roles(may string) []string {
	if may == "anyone" {
		return allRoles()
	}
	return strings.Fields(may)
}
