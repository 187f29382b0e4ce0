package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"peakseat/internal/seal"
	"peakseat/internal/seal/keyfile"
)

func TestWhatIsSealedOpensAgain(t *testing.T) {
	t.Parallel()
	keyring := openKeyring(t)
	person := uuid.New()
	key, wrapped, err := keyring.NewDataKey(person)
	if err != nil {
		t.Fatal(err)
	}
	if len(wrapped) != 65 {
		t.Errorf("a wrapped data key has %d bytes, want 65", len(wrapped))
	}
	opened, err := keyring.Open(person, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		field := rapid.String().Draw(t, "field")
		sealed := key.Seal(field, plain)
		if len(sealed) != len(plain)+29 {
			t.Fatalf("%d bytes sealed in %d", len(plain), len(sealed))
		}
		got, err := opened.Unseal(field, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("Unseal = %q, %v, want %q", got, err, plain)
		}
		if len(plain) > 8 && bytes.Contains(sealed, plain) {
			t.Fatal("the plain value lies in the sealed one")
		}
		if bytes.Equal(sealed, key.Seal(field, plain)) {
			t.Fatal("equal values look equal when sealed")
		}
	})
}

func TestOneChangedBitIsNoticed(t *testing.T) {
	t.Parallel()
	keyring := openKeyring(t)
	person := uuid.New()
	key, wrapped, err := keyring.NewDataKey(person)
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.SealText("agent.phone", "13800138000")
	for bit := range len(sealed) * 8 {
		if plain, err := key.Unseal("agent.phone", flipped(sealed, bit)); !errors.Is(err, seal.ErrSealed) {
			t.Fatalf("value, bit %d: %q, %v, want ErrSealed", bit, plain, err)
		}
	}
	for bit := range len(wrapped) * 8 {
		_, err := keyring.Open(person, flipped(wrapped, bit))
		if !errors.Is(err, seal.ErrSealed) && !errors.Is(err, seal.ErrUnknownKey) {
			t.Fatalf("data key, bit %d: %v, want ErrSealed or ErrUnknownKey", bit, err)
		}
	}
	for n := range sealed {
		if _, err := key.Unseal("agent.phone", sealed[:n]); !errors.Is(err, seal.ErrSealed) {
			t.Fatalf("value cut to %d bytes: %v, want ErrSealed", n, err)
		}
	}
}

func TestAValueOpensOnlyWhereItBelongs(t *testing.T) {
	t.Parallel()
	keyring := openKeyring(t)
	zhang, li := uuid.New(), uuid.New()
	zhangKey, zhangWrapped, err := keyring.NewDataKey(zhang)
	if err != nil {
		t.Fatal(err)
	}
	liKey, _, err := keyring.NewDataKey(li)
	if err != nil {
		t.Fatal(err)
	}
	sealed := zhangKey.SealText("account.email", "zhang@example.com")
	if _, err := zhangKey.UnsealText("account.name", sealed); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("in another field: %v, want ErrSealed", err)
	}
	if _, err := liKey.UnsealText("account.email", sealed); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("under another person's key: %v, want ErrSealed", err)
	}
	if _, err := keyring.Open(li, zhangWrapped); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("a data key in another person's row: %v, want ErrSealed", err)
	}
	if _, err := openKeyring(t).Open(zhang, zhangWrapped); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("in another installation: %v, want ErrUnknownKey", err)
	}
}

func TestAnErasedPersonIsGone(t *testing.T) {
	t.Parallel()
	keyring := openKeyring(t)
	for _, wrapped := range [][]byte{nil, {}} {
		if _, err := keyring.Open(uuid.New(), wrapped); !errors.Is(err, seal.ErrErased) {
			t.Errorf("Open without a data key = %v, want ErrErased", err)
		}
		if _, _, err := keyring.Rewrap(uuid.New(), wrapped); !errors.Is(err, seal.ErrErased) {
			t.Errorf("Rewrap without a data key = %v, want ErrErased", err)
		}
	}
}

func TestRotatingLeavesTheValuesAndTheIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "seal.json")
	keyring, err := seal.OpenKeyring(path, true)
	if err != nil {
		t.Fatal(err)
	}
	index, err := seal.OpenIndex(filepath.Join(dir, "index.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	person := uuid.New()
	key, wrapped, err := keyring.NewDataKey(person)
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.SealText("account.email", "zhang@example.com")
	blind := mustIndex(t, index, seal.Email, "zhang@example.com")
	old := keyring.KeyIDs()[0]

	next, err := keyring.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	if got := keyring.KeyIDs(); !slices.Equal(got, []uint32{next, old}) {
		t.Fatalf("keys %v, want %v", got, []uint32{next, old})
	}
	assertOpens(t, keyring, person, wrapped, sealed)
	if err = keyring.Retire(next); !errors.Is(err, seal.ErrPrimaryKey) {
		t.Errorf("retiring the key in use = %v, want ErrPrimaryKey", err)
	}
	if err = keyring.Retire(12345); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("retiring an unknown key = %v, want ErrUnknownKey", err)
	}

	rewrapped, changed, err := keyring.Rewrap(person, wrapped)
	if err != nil || !changed {
		t.Fatalf("Rewrap = %v, %v", changed, err)
	}
	if id, failed := keyring.KeyID(rewrapped); failed != nil || id != next {
		t.Errorf("rewrapped under %d, %v, want %d", id, failed, next)
	}
	if again, twice, failed := keyring.Rewrap(person, rewrapped); failed != nil || twice || !bytes.Equal(again, rewrapped) {
		t.Errorf("a second Rewrap changed it: %v, %v", twice, failed)
	}
	assertOpens(t, keyring, person, rewrapped, sealed)

	if err = keyring.Retire(old); err != nil {
		t.Fatal(err)
	}
	assertOpens(t, keyring, person, rewrapped, sealed)
	if _, err = keyring.Open(person, wrapped); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("a data key under a retired key = %v, want ErrUnknownKey", err)
	}
	restarted, err := seal.OpenKeyring(path, false)
	if err != nil {
		t.Fatal(err)
	}
	assertOpens(t, restarted, person, rewrapped, sealed)
	if got := mustIndex(t, index, seal.Email, "zhang@example.com"); !bytes.Equal(got, blind) {
		t.Error("rotating the keyring changed the index")
	}
}

func TestAnotherProcessOpensWhatAFreshKeyWrapped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "seal.json")
		here, err := seal.OpenKeyring(path, true)
		if err != nil {
			t.Fatal(err)
		}
		there, err := seal.OpenKeyring(path, true)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = here.Rotate(); err != nil {
			t.Fatal(err)
		}
		person := uuid.New()
		key, wrapped, err := here.NewDataKey(person)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second) // unknown ids may not make us read the file more often
		assertOpens(t, there, person, wrapped, key.SealText("account.email", "zhang@example.com"))
	})
}

func TestRotationsAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "seal.json")
	rings := make([]*seal.Keyring, 4)
	for i := range rings {
		var err error
		if rings[i], err = seal.OpenKeyring(path, true); err != nil {
			t.Fatal(err)
		}
	}
	made := make([][]uint32, len(rings))
	var group errgroup.Group
	for i, keyring := range rings {
		group.Go(func() error {
			for range 5 {
				id, err := keyring.Rotate()
				if err != nil {
					return err
				}
				made[i] = append(made[i], id)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	keyring, err := seal.OpenKeyring(path, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Concat(made...) {
		if !slices.Contains(keyring.KeyIDs(), id) {
			t.Errorf("key %d is lost, and with it all that was wrapped under it", id)
		}
	}
}

func TestKeysetFilesAreOurs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "seal.json")
	if _, err := seal.OpenKeyring(path, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing keyset = %v, want fs.ErrNotExist", err)
	}
	keyring, err := seal.OpenKeyring(path, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = keyring.Rotate(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %04o, want 0600, after a rotation too", info.Mode().Perm())
	}
	if _, err := seal.OpenIndex(path, false); err == nil {
		t.Error("the keyring's keys made an index")
	}
	if err := os.Chmod(path, 0o604); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenKeyring(path, true); !errors.Is(err, keyfile.ErrExposed) {
		t.Errorf("a keyset that others may read = %v, want ErrExposed", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.OpenKeyring(path, true); err == nil {
		t.Error("a broken keyset was opened, or replaced")
	}
}

func TestADataKeyIsNeverPrinted(t *testing.T) {
	t.Parallel()
	person := uuid.New()
	key, _, err := openKeyring(t).NewDataKey(person)
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, key); got != "data key of "+person.String() {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestOneValueHasOneIndex(t *testing.T) {
	t.Parallel()
	index, err := seal.OpenIndex(filepath.Join(t.TempDir(), "index.json"), true)
	if err != nil {
		t.Fatal(err)
	}
	for name, same := range map[string]struct {
		kind   seal.Kind
		values []string
	}{
		"e-mail": {seal.Email, []string{"zhang.wei@example.com", " Zhang.Wei@EXAMPLE.com\n"}},
		"accent": {seal.Email, []string{"jos\u00e9@example.com", "JOSE\u0301@example.com"}},
		"mobile": {seal.Phone, []string{"13800138000", "138 0013 8000", "+86 138-0013-8000", "0086 13800138000", "8613800138000", "１３８００１３８０００", "＋86 13800138000"}},
		"abroad": {seal.Phone, []string{"+1 (212) 555-0100", "001 212 555 0100"}},
		"id":     {seal.IDNumber, []string{"11010519491231002x", "110105 19491231 002X"}},
		"bank":   {seal.BankAccount, []string{"6222 0212 3456 7890", "6222-0212-3456-7890", "6222021234567890"}},
	} {
		want := mustIndex(t, index, same.kind, same.values[0])
		if len(want) != 37 {
			t.Errorf("%s: %d bytes, want 37", name, len(want))
		}
		for _, value := range same.values[1:] {
			if got := mustIndex(t, index, same.kind, value); !bytes.Equal(got, want) {
				t.Errorf("%s: %q and %q are indexed apart", name, value, same.values[0])
			}
		}
	}
	seen := map[string]string{}
	for _, other := range []struct {
		kind  seal.Kind
		value string
	}{
		{seal.Email, "a@example.com"},
		{seal.Email, "b@example.com"},
		{seal.Email, "a+b@example.com"},
		{seal.Phone, "13800138000"},
		{seal.Phone, "13800138001"},
		{seal.Phone, "+1 380 013 8000"},
		{seal.BankAccount, "8613800138000"},
		{seal.IDNumber, "8613800138000"},
	} {
		got := string(mustIndex(t, index, other.kind, other.value))
		if seen[got] != "" {
			t.Errorf("%s and %s share an index", seen[got], other.value)
		}
		seen[got] = other.value
	}
	for kind, value := range map[seal.Kind]string{seal.Email: " \t", seal.Phone: "+-()", seal.IDNumber: "--", seal.BankAccount: "", "shoe size": "43"} {
		if got, err := index.Of(kind, value); !errors.Is(err, seal.ErrNothingToIndex) {
			t.Errorf("%s %q: %x, %v, want ErrNothingToIndex", kind, value, got, err)
		}
	}
}

func TestReindexing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "index.json")
	index, err := seal.OpenIndex(path, true)
	if err != nil {
		t.Fatal(err)
	}
	const email = "zhang@example.com"
	old := mustIndex(t, index, seal.Email, email)
	oldKey := index.KeyIDs()[0]
	if _, err = index.Rotate(); err != nil {
		t.Fatal(err)
	}
	next := mustIndex(t, index, seal.Email, email)
	if bytes.Equal(old, next) || index.Current(old) || !index.Current(next) || index.Current(nil) {
		t.Error("the job cannot tell old indexes from new ones")
	}
	all, err := index.All(seal.Email, email)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || !bytes.Equal(all[0], next) || !bytes.Equal(all[1], old) {
		t.Errorf("All = %x, want the new one and then the old", all)
	}
	if err = index.Retire(index.KeyIDs()[0]); !errors.Is(err, seal.ErrPrimaryKey) {
		t.Errorf("retiring the key in use = %v, want ErrPrimaryKey", err)
	}
	if err = index.Retire(oldKey); err != nil {
		t.Fatal(err)
	}
	restarted, err := seal.OpenIndex(path, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []*seal.Index{index, restarted} {
		all, err := one.All(seal.Email, email)
		if err != nil || len(all) != 1 || !bytes.Equal(all[0], next) {
			t.Errorf("after the old key is gone: %x, %v, want %x", all, err, next)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		mask     func(string) string
		in, want string
	}{
		{seal.MaskName, "张三", "张*"},
		{seal.MaskName, " 欧阳娜娜 ", "欧*"},
		{seal.MaskName, "Alice Wang", "A*"},
		{seal.MaskName, "", ""},
		{seal.MaskEmail, "alice@example.com", "a***@example.com"},
		{seal.MaskEmail, "a@example.com", "a***@example.com"},
		{seal.MaskEmail, "张三@example.com", "张***@example.com"},
		{seal.MaskEmail, "\"a@b\"@example.com", "\"***@example.com"},
		{seal.MaskEmail, "@example.com", "***"},
		{seal.MaskEmail, "13800138000", "***"},
		{seal.MaskEmail, "", ""},
		{seal.MaskPhone, "+86 138 0013 8000", "138****8000"},
		{seal.MaskPhone, "+1 212 555 0100", "****0100"},
		{seal.MaskPhone, "5550100", "****"},
		{seal.MaskPhone, "", ""},
		{seal.MaskIDNumber, "11010519491231002x", "1****************X"},
		{seal.MaskIDNumber, "12345", "*****"},
		{seal.MaskBankAccount, "6222 0212 3456 7890", "**** 7890"},
		{seal.MaskBankAccount, "1234567", "****"},
		{seal.MaskBankAccount, "", ""},
	} {
		if got := tc.mask(tc.in); got != tc.want {
			t.Errorf("mask of %q = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestMasksNeverShowMostOfAValue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,20}`).Draw(t, "digits")
		for name, mask := range map[string]func(string) string{"phone": seal.MaskPhone, "id": seal.MaskIDNumber, "bank": seal.MaskBankAccount} {
			shown := len(strings.Map(func(r rune) rune {
				if r == '*' || r == ' ' {
					return -1
				}
				return r
			}, mask(digits)))
			if shown*3 > len(digits)*2 {
				t.Errorf("%s %s is masked to %s", name, digits, mask(digits))
			}
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	key, _, err := openKeyring(b).NewDataKey(uuid.New())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sealed := key.SealText("agent.phone", "13800138000")
		if _, err := key.UnsealText("agent.phone", sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenDataKey(b *testing.B) {
	keyring := openKeyring(b)
	person := uuid.New()
	_, wrapped, err := keyring.NewDataKey(person)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := keyring.Open(person, wrapped); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	index, err := seal.OpenIndex(filepath.Join(b.TempDir(), "index.json"), true)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := index.Of(seal.Email, "zhang.wei@example.com"); err != nil {
			b.Fatal(err)
		}
	}
}

func openKeyring(tb testing.TB) *seal.Keyring {
	tb.Helper()
	keyring, err := seal.OpenKeyring(filepath.Join(tb.TempDir(), "seal.json"), true)
	if err != nil {
		tb.Fatal(err)
	}
	return keyring
}

func mustIndex(t *testing.T, index *seal.Index, kind seal.Kind, value string) []byte {
	t.Helper()
	blind, err := index.Of(kind, value)
	if err != nil {
		t.Fatalf("Of(%s, %q): %v", kind, value, err)
	}
	return blind
}

// assertOpens opens an e-mail address that was sealed for the person.
func assertOpens(t *testing.T, keyring *seal.Keyring, person uuid.UUID, wrapped, sealed []byte) {
	t.Helper()
	key, err := keyring.Open(person, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.UnsealText("account.email", sealed); err != nil || got != "zhang@example.com" {
		t.Fatalf("UnsealText = %q, %v", got, err)
	}
}

func flipped(in []byte, bit int) []byte {
	out := bytes.Clone(in)
	out[bit/8] ^= 1 << (bit % 8)
	return out
}
