package web

import (
	"encoding/json"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"peakseat/internal/fault"
)

// ErrContentType is the answer to a body in a content type that the operation does not read.
var ErrContentType = fault.New(fault.Unsupported, "unsupported_media_type",
	"不支持这种 Content-Type。", "This Content-Type is not read here.")

// Raw is a body as it came, for an operation that reads several content types. Embed it in the input.
type Raw struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	RawBody     []byte
}

// ReadJSON decodes a Raw body as Register does a typed one: checked against T's schema, every wrong field named.
func ReadJSON[T any](a *API, raw []byte) (*T, error) {
	var parsed any
	if err := json.Unmarshal(raw, &parsed); err != nil {
		return nil, pointAt(fault.ErrInvalid, []error{err})
	}
	registry := a.Huma.OpenAPI().Components.Schemas
	var result huma.ValidateResult
	path := huma.NewPathBuffer([]byte{}, 0)
	path.Push("body")
	huma.Validate(registry, registry.Schema(reflect.TypeFor[T](), true, ""), path, huma.ModeWriteToServer, parsed, &result)
	if len(result.Errors) > 0 {
		return nil, pointAt(fault.ErrInvalid, result.Errors)
	}
	value := new(T)
	if err := json.Unmarshal(raw, value); err != nil {
		return nil, pointAt(fault.ErrInvalid, []error{err})
	}
	return value, nil
}

// Describe says in the document which content types an operation reads. ReadJSON wants its type described so, since the
// registry of schemas is not made for writers at work.
func Describe(a *API, method, path string, content map[string]*huma.MediaType) {
	item := a.Huma.OpenAPI().Paths[BasePath+path]
	for _, op := range []struct {
		method string
		op     *huma.Operation
	}{{http.MethodPost, item.Post}, {http.MethodPut, item.Put}, {http.MethodPatch, item.Patch}} {
		if op.method == method {
			op.op.RequestBody.Content = content
		}
	}
}
