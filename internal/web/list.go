package web

import (
	"encoding/base64"
	"encoding/json"

	"github.com/google/uuid"

	"peakseat/internal/fault"
)

// ByID is the part of a request that names one thing. Embed it in the input.
type ByID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// Page is the part of a request that says which part of a list it wants. Embed it in the input.
type Page struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Cursor string `query:"cursor" doc:"next_cursor of the page before"`
}

// List is one page of a list.
type List[T any] struct {
	Items      []T    `json:"items" nullable:"false"`
	NextCursor string `json:"next_cursor,omitempty" doc:"absent on the last page"`
}

// ErrCursor is the answer to a cursor that this list did not give.
var ErrCursor = fault.ErrInvalid.At("cursor", "bad_cursor", "不是这个列表给出的 cursor。", "Not a cursor that this list gave.")

// After reads the cursor into key, a pointer to the sort key's type. It tells whether there was one.
func (p Page) After(key any) (bool, error) {
	if p.Cursor == "" {
		return false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil || json.Unmarshal(raw, key) != nil {
		return false, ErrCursor
	}
	return true, nil
}

// ListOf makes a page of rows, which hold up to one more than the limit; key gives the sort key of a row.
func ListOf[T, K any](rows []T, limit int, key func(T) K) (*List[T], error) {
	list := &List[T]{Items: rows}
	if list.Items == nil {
		list.Items = []T{}
	}
	if len(rows) > limit {
		list.Items = rows[:limit]
		raw, err := json.Marshal(key(rows[limit-1]))
		if err != nil {
			return nil, err
		}
		list.NextCursor = base64.RawURLEncoding.EncodeToString(raw)
	}
	return list, nil
}
