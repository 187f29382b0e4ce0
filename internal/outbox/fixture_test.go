package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"peakseat/internal/dbtest"
	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

// counted is a fact of a thing: its N-th, which the thing's locked row counts.
type counted struct {
	Thing uuid.UUID `json:"thing"`
	N     int       `json:"n"`
}

func (counted) Type() string        { return "peakseat.matcher.thing.counted.v1" }
func (f counted) Aggregate() string { return f.Thing.String() }

// other is a fact of another context.
type other struct {
	Thing uuid.UUID `json:"thing"`
}

func (other) Type() string        { return "peakseat.billing.thing.seen.v1" }
func (f other) Aggregate() string { return f.Thing.String() }

func (badAggregate) Aggregate() string { return "shop 7" }

func (badType) Type() string { return "peakseat.matcher.*.counted.v1" }

// killRelay ends the session of the relay that leads, if one does just now.
func killRelay(ctx context.Context, conn *pgx.Conn) (killed int, err error) {
	err = conn.QueryRow(ctx, `select count(*) filter (where pg_terminate_backend(pid)) from pg_locks
		where locktype = 'advisory' and granted and classid = 1 and objid = 3070774715 and objsubid = 1
		and database = (select oid from pg_database where datname = current_database())`).Scan(&killed)
	return killed, err
}

// database is a test's own, in the roles that it needs.
type database struct {
	url         string
	app, system *postgres.DB
	admin       *pgx.Conn
}

func open(t *testing.T) *database {
	t.Helper()
	url := dbtest.URL(t, func(ctx context.Context, url string) error {
		if err := postgres.Migrate(ctx, url, postgres.Platform()); err != nil {
			return err
		}
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer conn.Close(ctx) //nolint:errcheck // nothing hangs on it
		_, err = conn.Exec(ctx, testTables)
		return err
	}, "outbox\n"+testTables+migrations(t))
	return openURL(t, url)
}

func openURL(t *testing.T, url string) *database {
	t.Helper()
	db := &database{url: url}
	for role, to := range map[postgres.Role]**postgres.DB{postgres.App: &db.app, postgres.System: &db.system} {
		opened, err := postgres.Open(t.Context(), url, role, postgres.Options{MaxConns: 24})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(opened.Close)
		*to = opened
	}
	db.reconnect(t)
	return db
}

const testTables = `
	create table platform.test_thing (id uuid primary key, n int not null);
	create table platform.test_seen (position bigint generated always as identity, thing uuid not null, n int not null, primary key (thing, n));
	grant all on platform.test_thing, platform.test_seen to peakseat_system;`

func (db *database) reconnect(t *testing.T) {
	t.Helper()
	db.admin = db.connect(t)
}

func (db *database) connect(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// countOne writes a thing's next fact under its row's lock.
func (db *database) countOne(ctx context.Context, thing uuid.UUID, held time.Duration) error {
	return postgres.InTx(ctx, db.system, func(tx *postgres.Tx) error {
		_, err := db.next(tx, thing, held)
		return err
	})
}

// next appends a thing's next fact and holds the transaction open for a while.
func (*database) next(tx *postgres.Tx, thing uuid.UUID, held time.Duration) (n int, err error) {
	err = tx.Raw(`insert into platform.test_thing values (?, 1) on conflict (id) do update set n = test_thing.n + 1 returning n`, thing).Scan(&n).Error
	if err != nil {
		return 0, err
	}
	if err := outbox.Append(tx, counted{thing, n}); err != nil {
		return 0, err
	}
	if held > 0 {
		return n, tx.Exec(`select pg_sleep(?)`, held.Seconds()).Error
	}
	return n, nil
}

func (db *database) count(t *testing.T, things []uuid.UUID, times int) {
	t.Helper()
	for range max(times, 1) {
		for _, thing := range things {
			if err := db.countOne(t.Context(), thing, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// note is the effect of a consumer: a row that cannot be there twice.
func (*database) note(tx *postgres.Tx, e outbox.Envelope) error {
	f, err := outbox.Decode[counted](e)
	if err != nil {
		return err
	}
	return tx.Exec(`insert into platform.test_seen (thing, n) values (?, ?)`, f.Thing, f.N).Error
}

func (db *database) seen(t *testing.T) []counted {
	t.Helper()
	rows, err := db.admin.Query(t.Context(), `select thing, n from platform.test_seen order by position`)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[counted])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (db *database) waitSeen(t *testing.T, want int) {
	t.Helper()
	wait(t, fmt.Sprintf("%d facts are seen", want), func() bool {
		var n int
		if err := db.admin.QueryRow(t.Context(), `select count(*) from platform.test_seen`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n >= want
	})
}

// waitEmpty waits until the relay has committed that everything is told.
func (db *database) waitEmpty(t *testing.T) {
	t.Helper()
	wait(t, "the outbox is empty", func() bool {
		var left bool
		if err := db.system.Pool.QueryRow(t.Context(), `select exists (select from platform.outbox)`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return !left
	})
}

func (db *database) consumers(t *testing.T, nc *nats.Conn, list ...outbox.Consumer) *outbox.Consumers {
	t.Helper()
	c, err := outbox.NewConsumers(db.system, nc, options(), list...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newRelay(t *testing.T, db *database, nc *nats.Conn) *outbox.Relay {
	t.Helper()
	relay, err := outbox.NewRelay(db.system, nc, options())
	if err != nil {
		t.Fatal(err)
	}
	return relay
}

func options() outbox.Options {
	return outbox.Options{Log: slog.New(slog.DiscardHandler)}
}

// start runs a part of the program until the test ends.
func start(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var g errgroup.Group
	g.Go(func() error { return run(ctx) })
	t.Cleanup(func() {
		stop()
		if err := g.Wait(); err != nil {
			t.Error(err)
		}
	})
}

// checkOrder demands each thing's facts once each and in order.
func checkOrder(t *testing.T, got []counted, want int) {
	t.Helper()
	if len(got) != want {
		t.Errorf("%d facts, want %d", len(got), want)
	}
	last := map[uuid.UUID]int{}
	wrong := 0
	for _, f := range got {
		if f.N != last[f.Thing]+1 {
			wrong++
		}
		last[f.Thing] = f.N
	}
	if wrong > 0 {
		t.Errorf("%d of %d facts out of order, lost or repeated", wrong, len(got))
	}
}

const patience = 2 * time.Minute // on a machine that does much else

func wait(t *testing.T, what string, so func() bool) {
	t.Helper()
	limit, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for !so() {
		if !pause(limit, 5*time.Millisecond) {
			t.Fatalf("in vain waited until %s", what)
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func in(t *testing.T, db *postgres.DB, fn func(tx *postgres.Tx) error) {
	t.Helper()
	if err := postgres.InTx(t.Context(), db, fn); err != nil {
		t.Fatal(err)
	}
}

func counter(n int) []uuid.UUID {
	list := make([]uuid.UUID, n)
	for i := range list {
		list[i] = uuid.New()
	}
	return list
}

func types(list ...interface{ Type() string }) []string {
	var names []string
	for _, f := range list {
		names = append(names, f.Type())
	}
	return names
}

func jetStream(t *testing.T, nc *nats.Conn) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// migrations is the text of all platform migrations: what a template depends on.
func migrations(t *testing.T) string {
	t.Helper()
	files := postgres.Platform().Files
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	var all strings.Builder
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func decode(t *testing.T, body []byte) counted {
	t.Helper()
	var e struct {
		Data counted `json:"data"`
	}
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatal(err)
	}
	return e.Data
}
