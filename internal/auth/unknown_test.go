package auth

import "testing"

// TestWhoGuessesTheUnknownPasswordIsStillNobody makes the password that nobody has known, which no guess could.
func TestWhoGuessesTheUnknownPasswordIsStillNobody(t *testing.T) {
	t.Parallel()
	passwords, err := NewPasswords()
	if err != nil {
		t.Fatal(err)
	}
	if passwords.unknown, err = passwords.Hash(t.Context(), "correct horse"); err != nil {
		t.Fatal(err)
	}
	same, err := passwords.Verify(t.Context(), "correct horse", "")
	if err != nil || same {
		t.Errorf("Verify = %v, %v, want false", same, err)
	}
}
