package test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"peakseat/internal/apitest"
	"peakseat/internal/app"
	"peakseat/internal/provetest"
)

// Every operation as nobody, as every role of two tenants, with own, foreign and absent ids; and then the same two
// tenants in plain SQL.
func TestAccess(t *testing.T) {
	t.Parallel()
	proveAccess(t)
}

func TestProveAccess(t *testing.T) { //nolint:paralleltest // it writes figures
	provetest.Need(t)
	proveAccess(t)
}

func proveAccess(t *testing.T) {
	t.Helper()
	w := newAccessWorld(t)
	table := theOperations()
	known := map[string]bool{}
	for _, e := range table {
		known[e.op] = true
	}
	there := map[string]bool{}
	for _, op := range app.Operations() {
		name := op.Method + " " + op.Path
		there[name] = true
		if !known[name] {
			t.Errorf("%s is not in the table of access_table_test.go: say who may", name)
		}
	}
	for i := range table {
		if !there[table[i].op] {
			t.Errorf("%s is in the table and does not exist", table[i].op)
			continue
		}
		t.Run(table[i].op, func(t *testing.T) { w.walk(t, &table[i]) })
	}
	t.Run("a key is its account's", w.keysApart)
	t.Run("nothing foreign was shown", w.noLeaks)
	t.Run("plain SQL", w.noRows)
	t.Run("changes by plain SQL", w.noChanges)
}

// walk proves one operation. The requests that are refused are those that succeed at the end, so that each was refused
// for who asked, and did nothing.
func (w *accessWorld) walk(t *testing.T, e *operation) {
	may := roles(e.may)
	if e.may == "anyone" {
		may = []string{"nobody"}
	}
	requests := map[string]request{}
	for _, role := range may {
		requests[role] = e.ask(t, w, w.theirs, role)
	}
	w.refusesOthers(t, e, requests[may[0]])
	if strings.Contains(e.op, "{id}") {
		w.hidesForeign(t, e, requests)
	}
	if e.within != nil {
		w.hidesWithin(t, e)
	}
	w.serves(t, e, requests)
}

// refusesOthers: 401 without a token, 403 to the roles that never may.
func (w *accessWorld) refusesOthers(t *testing.T, e *operation, r request) {
	may := roles(e.may)
	if e.may != "anyone" {
		w.ask(t, w.ours, "nobody", w.Nobody(), e, r).WantProblem(t, 401, "unauthenticated")
	}
	for _, s := range []*tenants{w.ours, w.theirs} {
		for _, role := range allRoles() {
			if role != "nobody" && !slices.Contains(may, role) {
				w.ask(t, s, role, w.person(s, role), e, r).WantProblem(t, 403, "forbidden")
			}
		}
	}
}

// hidesForeign: an id of the other side's answers as one that does not exist.
func (w *accessWorld) hidesForeign(t *testing.T, e *operation, requests map[string]request) {
	for role, r := range requests {
		foreign := r.id
		if e.hidden != nil {
			foreign = e.hidden(t, w, w.theirs)
		}
		p := w.person(w.ours, role)
		r.id = uuid.Must(uuid.NewV7())
		absent := w.ask(t, w.ours, role, p, e, r)
		if !e.blind {
			absent.WantProblem(t, 404, "not_found")
		}
		if role == "operator" || role == "trainer" {
			continue // they belong to no side
		}
		was := r.id
		r.id = foreign
		sameAnswer(t, w.ask(t, w.ours, role, p, e, r), absent, foreign, was)
	}
}

// hidesWithin: the same for an id in a body or a query.
func (w *accessWorld) hidesWithin(t *testing.T, e *operation) {
	foreign, absent := e.of(t, w, w.theirs), uuid.Must(uuid.NewV7())
	role := roles(e.may)[0]
	if e.may == "anyone" {
		role = "nobody"
	}
	p := w.person(w.ours, role)
	one := w.ask(t, w.ours, role, p, e, e.within(t, w, w.ours, foreign))
	other := w.ask(t, w.ours, role, p, e, e.within(t, w, w.ours, absent))
	sameAnswer(t, one, other, foreign, absent)
}

// serves: whoever may does, with an id of their own.
func (w *accessWorld) serves(t *testing.T, e *operation, requests map[string]request) {
	succeed := func(s *tenants, role string, r request) {
		p := w.person(s, role)
		if r.as != nil {
			p = r.as
		}
		if reply := w.ask(t, s, role, p, e, r); reply.Status >= 300 {
			t.Errorf("%s by %s answers %d: %s", e.op, role, reply.Status, reply.Body)
		}
	}
	for role, r := range requests {
		if e.tries == "" || slices.Contains(roles(e.tries), role) {
			succeed(w.theirs, role, r)
		}
		if strings.HasPrefix(e.op, "GET") {
			succeed(w.ours, role, e.ask(t, w, w.ours, role))
		}
	}
}

// keysApart: the same Idempotency-Key and body from two accounts, even of one merchant, are two requests.
func (w *accessWorld) keysApart(t *testing.T) {
	key := map[string]string{"Idempotency-Key": "everybody's"}
	shops := map[string]bool{}
	for _, p := range []*apitest.Person{w.theirs.people["owner"], w.ours.people["owner"], w.ours.people["booker"], w.ours.people["owner"]} {
		r := p.Do(t, "POST", "/shops", map[string]any{"name": "Kiosk", "industry": "apparel", "channels": []string{"chat"}}, key).Want(t, 201)
		shops[r.Text("id")] = true
	}
	if len(shops) != 3 {
		t.Errorf("three accounts with one key made %d shops, want 3", len(shops))
	}
}

var (
	requestID = regexp.MustCompile(`"request_id":"[^"]*"`)
	uuidText  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	moment    = regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)`)
)

// sameAnswer: nobody can tell which of the two ids exists. What is new in every answer to a success is left out.
func sameAnswer(t *testing.T, one, other *apitest.Reply, foreign, absent uuid.UUID) {
	t.Helper()
	plain := func(r *apitest.Reply, id uuid.UUID) string {
		text := strings.ReplaceAll(string(r.Body), id.String(), "ID")
		text = requestID.ReplaceAllString(text, "")
		if r.Status < 300 {
			text = moment.ReplaceAllString(uuidText.ReplaceAllString(text, "NEW"), "THEN")
		}
		return text
	}
	if one.Status != other.Status || plain(one, foreign) != plain(other, absent) {
		t.Errorf("a foreign id is told from an absent one:\n%d %s\n%d %s", one.Status, one.Body, other.Status, other.Body)
	}
	if one.Header.Get("ETag") != other.Header.Get("ETag") || one.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("headers tell a foreign id from an absent one: %v, %v", one.Header, other.Header)
	}
}

// noLeaks looks through every answer of the walk for what belongs to the other side.
func (w *accessWorld) noLeaks(t *testing.T) {
	marks := map[string]map[string]bool{} // by side
	for _, s := range []*tenants{w.ours, w.theirs} {
		marks[s.side] = w.idsOf(t, s)
		if len(marks[s.side]) < 100 {
			t.Fatalf("only %d ids belong to %s", len(marks[s.side]), s.side)
		}
	}
	for id := range marks["ours"] {
		if marks["theirs"][id] {
			t.Errorf("%s stands in rows of both sides", id)
		}
	}
	public := w.publicIDs(t)
	other := map[string]*tenants{"ours": w.theirs, "theirs": w.ours}
	own, scanned, leaks := 0, 0, 0
	for _, seen := range w.seen {
		if seen.who == "operator" || seen.who == "trainer" && officialList(seen.op) {
			continue
		}
		scanned++
		body := strings.ReplaceAll(seen.body, seen.asked, "")
		stranger, host := other[seen.side], map[string]*tenants{"ours": w.ours, "theirs": w.theirs}[seen.side]
		hidden := []string{stranger.business, stranger.staff, stranger.private}
		switch {
		case seen.who == "agent":
			hidden = append(hidden, host.staff+"\"", strings.ToLower(host.staff)+".")
		case strings.HasPrefix(seen.op, "GET /audit"):
		case seen.who != "nobody" && seen.who != "trainer":
			hidden = append(hidden, host.private+"\"", strings.ToLower(host.private)+".")
		}
		for _, word := range hidden {
			if strings.Contains(body, word) {
				leaks++
				t.Errorf("%s: %s of %s reads %q: %s", seen.op, seen.who, seen.side, word, short(body, word))
			}
		}
		for _, id := range uuidText.FindAllString(body, -1) {
			switch {
			case marks[stranger.side][id] && (seen.who != "agent" || !public[id]):
				leaks++
				t.Errorf("%s: %s of %s reads the other side's %s: %s", seen.op, seen.who, seen.side, id, short(body, id))
			case marks[host.side][id]:
				own++
			}
		}
	}
	if scanned < 300 || own < 300 {
		t.Errorf("only %d answers with %d ids of their own were looked at", scanned, own)
	}
	t.Logf("%d answers to nobody, agents, merchants and trainers hold %d ids of their own side and none of the other's", scanned, own)
	provetest.Record(t, "access_operations", float64(len(app.Operations())), "operations", "")
	provetest.Record(t, "access_answers_scanned", float64(scanned), "answers", "")
	provetest.Record(t, "access_leaks", float64(leaks), "leaks", "")
}

func short(body, word string) string {
	at := strings.Index(body, word)
	return body[max(0, at-150):min(len(body), at+150)]
}

// tenantTables are all tables with a column that names a tenant, with those columns.
func (w *accessWorld) tenantTables(t *testing.T) map[string][]string {
	t.Helper()
	rows, err := w.DB.System.Pool.Query(t.Context(), `select n.nspname || '.' || c.relname, array_agg(a.attname::text)
		from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join pg_catalog.pg_attribute a on a.attrelid = c.oid
		where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and not a.attisdropped
			and a.attname in ('merchant_id', 'organisation_id', 'agent_id', 'account_id')
		group by 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables := map[string][]string{}
	for rows.Next() {
		var name string
		var columns []string
		if err := rows.Scan(&name, &columns); err != nil {
			t.Fatal(err)
		}
		tables[name] = columns
	}
	return tables
}

// whose is the condition under which a row is a side's.
func (w *accessWorld) whose(t *testing.T, table string, columns []string, s *tenants) string {
	t.Helper()
	members := fmt.Sprintf(`(select account_id from account.membership where organisation_id = '%s' union select '%s')`, s.merchant, s.people["agent"].AccountID)
	var either []string
	for _, column := range columns {
		switch column {
		case "merchant_id", "organisation_id":
			either = append(either, fmt.Sprintf("%s = '%s'", column, s.merchant))
		default:
			if column == "account_id" && strings.HasPrefix(table, "billing.") { // of the ledger
				either = append(either, fmt.Sprintf("account_id in (select id from billing.account where merchant_id = '%s' or agent_id in %s)", s.merchant, members))
				continue
			}
			either = append(either, column+" in "+members)
		}
	}
	return strings.Join(either, " or ")
}

// idsOf are all ids in all rows of a side, but for those that nobody owns.
func (w *accessWorld) idsOf(t *testing.T, s *tenants) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for table, columns := range w.tenantTables(t) {
		var text string
		err := w.DB.System.Pool.QueryRow(t.Context(), fmt.Sprintf(`select coalesce(string_agg(r::text, ' '), '') from %s r where %s`, table, w.whose(t, table, columns, s))).Scan(&text)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		for _, id := range uuidText.FindAllString(text, -1) {
			ids[id] = true
		}
	}
	for _, p := range []*apitest.Person{w.operator, w.trainer} {
		delete(ids, p.AccountID.String())
		delete(ids, p.MerchantID.String())
	}
	delete(ids, uuid.Nil.String())
	return ids
}

// publicIDs are what every agent is shown: the hall, and what agents ask each other.
func (w *accessWorld) publicIDs(t *testing.T) map[string]bool {
	t.Helper()
	var list []string
	if err := w.DB.System.Pool.QueryRow(t.Context(), `select json_agg(id) from (select id from matcher.shift where state <> 'draft' union all select shop_id from matcher.shift where state <> 'draft' union all select id from academy.peer_question union all select id from academy.peer_answer) p`).Scan(&jsonList{&list}); err != nil {
		t.Fatal(err)
	}
	public := map[string]bool{}
	for _, id := range list {
		public[id] = true
	}
	return public
}

// jsonList scans a JSON array.
type jsonList struct{ into *[]string }

// Scan is database/sql's.
func (l *jsonList) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(v), l.into)
	case []byte:
		return json.Unmarshal(v, l.into)
	}
	return fmt.Errorf("not JSON: %T", value)
}
