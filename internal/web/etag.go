package web

import (
	"strconv"
	"strings"

	"peakseat/internal/fault"
)

// The faults of changes to shared things.
var (
	ErrIfMatchMissing = fault.New(fault.PreconditionRequired, "if_match_required",
		"修改前请先读取，并在 If-Match 中带上它的 ETag。", "Read it first and send its ETag as If-Match.")
	ErrChanged = fault.New(fault.PreconditionFailed, "changed_meanwhile",
		"你读取之后有人改过，请重新读取再改。", "It was changed after you read it; read it again.")
)

// ETag is the entity tag of a row's version.
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// IfMatch is the part of a request that names the version it changes. Embed it in the input.
type IfMatch struct {
	IfMatch string `header:"If-Match" doc:"the ETag you read"`
}

// Version is the version that the caller read.
func (m IfMatch) Version() (int64, error) {
	if m.IfMatch == "" {
		return 0, ErrIfMatchMissing
	}
	version, err := strconv.ParseInt(strings.Trim(m.IfMatch, `"`), 10, 64)
	if err != nil {
		return 0, ErrChanged
	}
	return version, nil
}
