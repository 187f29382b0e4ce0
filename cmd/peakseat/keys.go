package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"peakseat/api/account"
	"peakseat/certification"
	"peakseat/internal/app"
	"peakseat/internal/auth"
	"peakseat/internal/seal"
)

type keysCmd struct {
	List   keysListCmd   `cmd:"" help:"List the keys, which one is in use, and how many rows lie under each."`
	Rotate keysRotateCmd `cmd:"" help:"Put a new key in use and move what lies under the old one, while servers run."`
	Retire keysRetireCmd `cmd:"" help:"Destroy a key that is not in use any more; of a credential key, its private half."`
}

// keyed says where the keys and what lies under them are.
type keyed struct {
	database
	KeysDir string `placeholder:"DIR" env:"PEAKSEAT_KEYS_DIR" help:"Keys of tokens and sealed columns, shared by all processes; absent: DATA_DIR/keys."`
}

func (c *keyed) open(ctx context.Context, log *slog.Logger) (*app.App, error) {
	return app.Offline(ctx, app.Config{DatabaseURL: c.DatabaseURL, DataDir: c.DataDir, KeysDir: c.KeysDir, Migrate: c.DatabaseURL == "", Log: log})
}

type keysListCmd struct{ keyed }

// Run lists.
func (c *keysListCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "keys\tid\tstate\trows")
	for _, id := range a.Keys().IDs() {
		fmt.Fprintf(w, "tokens\t%s\t%s\t\n", id, state(id == a.Keys().SigningKeyID(), false))
	}
	issuing, err := a.Certification.Issuer.List()
	if err != nil {
		return err
	}
	signs := slices.IndexFunc(issuing, func(k certification.IssuerKey) bool { return k.Signs })
	for i, k := range issuing {
		now := state(k.Signs, i > signs)
		if !k.Private {
			now = "retired"
		}
		fmt.Fprintf(w, "credentials\t%s\t%s\t\n", k.ID, now)
	}
	for _, kind := range []struct {
		name   string
		ids    []uint32
		staged func() (uint32, bool)
		under  func(context.Context) (map[uint32]int, error)
	}{
		{"seal", a.Account.Keyring.KeyIDs(), a.Account.Keyring.Staged, a.Account.DataKeysUnder},
		{"index", a.Account.Index.KeyIDs(), a.Account.Index.Staged, a.Account.IndexesUnder},
	} {
		under, err := kind.under(ctx)
		if err != nil {
			return err
		}
		waiting, _ := kind.staged()
		for i, id := range kind.ids {
			fmt.Fprintf(w, "%s\t%d\t%s\t%d\n", kind.name, id, state(i == 0, id == waiting), under[id])
		}
	}
	return w.Flush()
}

func state(used, staged bool) string {
	switch {
	case used:
		return "in use"
	case staged:
		return "staged"
	}
	return "old"
}

type keysRotateCmd struct {
	keyed
	Which string        `arg:"" enum:"tokens,credentials,seal,index" help:"Which keys: ${enum}."`
	Wait  time.Duration `default:"30s" help:"How long to wait until every server has read the new key, before it is used; 0s where none runs."`
}

// Help says how it goes.
func (keysRotateCmd) Help() string {
	return `tokens:      a new key signs access tokens at once. Tokens of the old ones are good until those are retired.
credentials: a new key is published at once and signs credentials a minute later. Old keys stay published for ever, and
             what they signed stays good; keys retire destroys only their private half.
seal:        a new key wraps the data keys of all people; the names and addresses sealed under those stay as they are.
index:       e-mails are indexed under a new key.

It may be ended and begun again: what was left undone is finished first, and then no new key is made. Nothing is
destroyed: keys list shows when nothing lies under an old key any more, and keys retire destroys it.`
}

// Run rotates.
func (c *keysRotateCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	people := a.Account
	switch c.Which {
	case "tokens":
		id, err := a.Keys().Rotate()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s signs from now on. Tokens of the old keys are good for %v more at most; retire the old keys then.\n", id, auth.DefaultTokenTTL)
		return nil
	case "credentials":
		if err := a.Certification.Issuer.Rotate(); err != nil {
			return err
		}
		list, err := a.Certification.Issuer.List()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is published now and signs in %v. What the old keys signed stays good; their private halves may be retired then.\n",
			list[len(list)-1].ID, certification.PublishedFirst)
		return nil
	case "seal":
		return c.rotate(ctx, out, people.Keyring, people.DataKeysUnder, people.RewrapDataKeys)
	}
	return c.rotate(ctx, out, people.Index, people.IndexesUnder, people.Reindex)
}

// keyset is what seal's two kinds of keys have in common.
type keyset interface {
	KeyIDs() []uint32
	Stage() (uint32, error)
	Staged() (uint32, bool)
	Promote(id uint32) error
}

func (c *keysRotateCmd) rotate(ctx context.Context, out output, keys keyset, under func(context.Context) (map[uint32]int, error),
	move func(context.Context, func(int)) (int, error),
) error {
	now, err := under(ctx)
	if err != nil {
		return err
	}
	delete(now, keys.KeyIDs()[0])
	if _, waits := keys.Staged(); waits || len(now) == 0 {
		id, err := keys.Stage()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d is known; waiting %v until every server has read it.\n", id, c.Wait)
		if err := pause(ctx, c.Wait); err != nil {
			return err
		}
		if err := keys.Promote(id); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d is in use; waiting %v until every server uses it.\n", id, c.Wait)
		if err := pause(ctx, c.Wait); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(out, "Finishing a rotation that was left undone.")
	}
	moved, err := move(ctx, func(n int) { fmt.Fprintf(out, "%d rows moved\n", n) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d rows were moved to %d; the old keys may be retired.\n", moved, keys.KeyIDs()[0])
	return err
}

func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}

type keysRetireCmd struct {
	keyed
	Which string `arg:"" enum:"tokens,credentials,seal,index" help:"Which keys: ${enum}."`
	ID    string `arg:"" help:"The key's id, as keys list prints it."`
}

// Run retires.
func (c *keysRetireCmd) Run(ctx context.Context, out output, log *slog.Logger) (err error) {
	number, err := strconv.ParseUint(c.ID, 10, 32)
	if err != nil && c.Which != "tokens" && c.Which != "credentials" {
		return badInput{fmt.Errorf("%q is no id of a %s key: expected a number as keys list prints it", c.ID, c.Which)}
	}
	a, err := c.open(ctx, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	switch c.Which {
	case "tokens":
		err = a.Keys().Retire(c.ID)
	case "credentials":
		err = a.Certification.Issuer.Retire(c.ID)
	case "seal":
		err = a.Account.RetireSealKey(ctx, uint32(number))
	default:
		err = a.Account.RetireIndexKey(ctx, uint32(number))
	}
	switch {
	case errors.Is(err, seal.ErrPrimaryKey), errors.Is(err, auth.ErrSigningKey), errors.Is(err, certification.ErrSigningKey):
		return fmt.Errorf("%s is in use: run peakseat keys rotate %s first", c.ID, c.Which)
	case errors.Is(err, seal.ErrUnknownKey), errors.Is(err, auth.ErrUnknownKey), errors.Is(err, certification.ErrUnknownKey):
		return fmt.Errorf("there is no key %s: see peakseat keys list", c.ID)
	case errors.Is(err, account.ErrKeyInUse):
		return fmt.Errorf("%w: run peakseat keys rotate %s to move them", err, c.Which)
	case err != nil:
		return err
	}
	_, err = fmt.Fprintf(out, "%s is destroyed.\n", c.ID)
	return err
}
