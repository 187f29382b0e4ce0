package outbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"peakseat/internal/outbox"
	"peakseat/internal/postgres"
)

func TestAFactIsWrittenAsACloudEvent(t *testing.T) {
	t.Parallel()
	db := open(t)
	thing := uuid.New()
	var now time.Time
	write := func() error {
		return postgres.InTx(t.Context(), db.app, func(tx *postgres.Tx) error {
			now = tx.Now
			return outbox.Append(tx, counted{thing, 1}, counted{thing, 2}, other{thing})
		})
	}
	if err := write(); err != nil {
		t.Fatalf("a request's role appends: %v", err)
	}
	var waiting []outbox.Envelope
	in(t, db.system, func(tx *postgres.Tx) (err error) {
		waiting, err = outbox.Waiting(tx)
		return err
	})
	if len(waiting) != 3 {
		t.Fatalf("%d facts wait, want 3", len(waiting))
	}
	for i, e := range waiting[:2] {
		got, err := outbox.Decode[counted](e)
		if want := (counted{thing, i + 1}); err != nil || got != want {
			t.Errorf("fact %d = %v, %v, want %v", i, got, err, want)
		}
		if e.Aggregate != thing || !e.Time.Equal(now) || e.ID.Version() != 7 {
			t.Errorf("envelope = %+v, want aggregate %s, time %s and an id of version 7", e, thing, now)
		}
	}
	if _, err := outbox.Decode[counted](waiting[2]); err == nil {
		t.Error("a fact was decoded as one of another type")
	}
	var body string
	if err := db.admin.QueryRow(t.Context(), `select convert_from(body, 'UTF8') from platform.fact where id = $1`, waiting[0].ID).Scan(&body); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"specversion":"1.0","id":"%s","source":"peakseat/matcher","type":"peakseat.matcher.thing.counted.v1","subject":"%s","time":"%s","datacontenttype":"application/json","data":{"thing":"%s","n":1}}`,
		waiting[0].ID, thing, now.Format(time.RFC3339Nano), thing)
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	var partition string
	if err := db.admin.QueryRow(t.Context(), `select tableoid::regclass::text from platform.fact where id = $1`, waiting[0].ID).Scan(&partition); err != nil {
		t.Fatal(err)
	}
	if want := "platform.fact_" + time.Now().UTC().Format("2006_01"); partition != want {
		t.Errorf("the fact lies in %s, want %s", partition, want)
	}
}

func TestNobodyCanChangeFacts(t *testing.T) {
	t.Parallel()
	db := open(t)
	db.count(t, counter(1), 0)
	for _, sql := range []string{
		`update platform.fact set type = 'x'`, `delete from platform.fact`, `truncate platform.fact`,
		`truncate platform.fact_` + time.Now().UTC().Format("2006_01"), `truncate platform.fact_default`,
	} {
		if _, err := db.admin.Exec(t.Context(), sql); postgres.Code(err) != "23001" {
			t.Errorf("%s: %v, want a restrict violation even for the superuser", sql, err)
		}
	}
}

func TestAnAggregateThatIsNoIDIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := outbox.Encode(badAggregate{}, time.Now(), time.Now()); err == nil {
		t.Error("a fact without an id was encoded")
	}
	if _, err := outbox.Encode(badType{}, time.Now(), time.Now()); err == nil {
		t.Error("a type that would be a wildcard subject was encoded")
	}
}

type badAggregate struct{ counted }

type badType struct{ counted }
