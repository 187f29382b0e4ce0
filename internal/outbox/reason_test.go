package outbox_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"peakseat/internal/fault"
	"peakseat/internal/outbox"
)

func TestAReasonHoldsNothingPersonal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want string
	}{
		{nil, ""},
		{errors.New("no row"), "no row"},
		{errors.New(`name "Li Hua" is taken`), "name … is taken"},
		{errors.New("mail to li@example.com failed"), "mail to … failed"},
		{errors.New("phone +86 138-0013-8000 unknown, try 3"), "phone … unknown, try 3"},
		{errors.New("agent 李华 unknown"), "agent … unknown"},
		{errors.New("shift 0198f0b2-7c11-7d3a-9c59-3b1de8a0f4f1 is full"), "shift 0198f0b2-7c11-7d3a-9c59-3b1de8a0f4f1 is full"},
		{fmt.Errorf("pay: %w", fault.ErrNotFound), "fault not_found"},
		{
			&pgconn.PgError{Code: "23505", Message: "duplicate key", Detail: "Key (mail)=(li@example.com) exists", SchemaName: "account", TableName: "person", ConstraintName: "person_mail"},
			"sqlstate 23505, table account.person, constraint person_mail",
		},
		{&pgconn.PgError{Code: "22P02", Message: `invalid input syntax for type uuid: "li"`}, "sqlstate 22P02"},
	}
	for _, test := range tests {
		if got := outbox.Reason(test.err); got != test.want {
			t.Errorf("Reason(%v) = %q, want %q", test.err, got, test.want)
		}
	}
	if got := outbox.Reason(errors.New(strings.Repeat("word ", 500))); len(got) > 310 {
		t.Errorf("a reason has %d bytes", len(got))
	}
}
