package badge

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// File is what a holder keeps and shows: enough to check the credential without a server, but for the issuer's keys,
// which must come from the issuer. Those in the file only say which ones to get.
type File struct {
	Credential string          `json:"credential"` // JWT
	Status     []string        `json:"status"`     // JWTs of the two lists, as they stood when the file was made
	Keys       json.RawMessage `json:"keys"`       // JWKS
	KeysAt     string          `json:"keys_at"`    // where the issuer publishes them
}

// ReadFile reads a File, or a bare JWT.
func ReadFile(content []byte) (File, error) {
	text := strings.TrimSpace(string(content))
	if !strings.HasPrefix(text, "{") {
		if strings.Count(text, ".") != 2 {
			return File{}, errors.New("it is neither a credential file nor a JWT")
		}
		return File{Credential: text}, nil
	}
	var f File
	if err := json.Unmarshal(content, &f); err != nil {
		return File{}, fmt.Errorf("read credential file: %w", err)
	}
	if f.Credential == "" {
		return File{}, errors.New("the file holds no credential")
	}
	return f, nil
}
