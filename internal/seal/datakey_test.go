package seal

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"
)

// TestEvenUnderOneKeyAPersonsValueIsTheirs holds what the data keys' difference hides: should two people ever get the
// same key, their values still cannot be swapped.
func TestEvenUnderOneKeyAPersonsValueIsTheirs(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{7}, dataKeyBytes)
	zhang, err := newDataKey(uuid.New(), secret)
	if err != nil {
		t.Fatal(err)
	}
	li, err := newDataKey(uuid.New(), secret)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = li.UnsealText("account.email", zhang.SealText("account.email", "zhang@example.com")); !errors.Is(err, ErrSealed) {
		t.Errorf("Unseal = %v, want ErrSealed", err)
	}
}
