package auth_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"peakseat/internal/auth"
)

func TestASecretIsFoundByItsHash(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, kind := range auth.SecretKinds() {
		for range 100 {
			secret, hash := auth.NewSecret(kind)
			if !strings.HasPrefix(secret, string(kind)) || len(hash) != 32 || seen[secret] {
				t.Fatalf("NewSecret(%s) = %s, %x", kind, secret, hash)
			}
			seen[secret] = true
			if got, err := auth.HashSecret(kind, secret); err != nil || !bytes.Equal(got, hash) {
				t.Fatalf("HashSecret = %x, %v, want %x", got, err, hash)
			}
		}
	}
}

func TestWhatCannotBeASecretIsNotLookedUp(t *testing.T) {
	t.Parallel()
	secret, _ := auth.NewSecret(auth.APIKey)
	body := strings.TrimPrefix(secret, "ps_key_")
	for name, raw := range map[string]string{
		"nothing": "", "only the prefix": "ps_key_", "no prefix": body, "another kind": "ps_rt_" + body, "upper case": "PS_KEY_" + body,
		"one short": secret[:len(secret)-1], "one long": secret + "A", "padded": secret + "=", "a space": secret[:len(secret)-1] + " ",
		"a line break": secret[:len(secret)-1] + "\n", "the other alphabet": "ps_key_" + strings.Repeat("+", 43),
		"unused bits set": "ps_key_" + strings.Repeat("A", 42) + "B",
	} {
		if hash, err := auth.HashSecret(auth.APIKey, raw); !errors.Is(err, auth.ErrNotSecret) {
			t.Errorf("%s: %x, %v, want ErrNotSecret", name, hash, err)
		}
	}
}
