package web

import (
	"context"
	"mime"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// File is a reply that is kept as a file.
type File struct {
	Name        string
	ContentType string
	Content     []byte
}

// Download adds an operation that answers with a file of one of the content types.
func Download[I any](a *API, op Op, contentTypes []string, handle func(ctx context.Context, in *I) (*File, error)) {
	h := a.operation(&op, false)
	content := map[string]*huma.MediaType{}
	for _, t := range contentTypes {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	h.Responses = map[string]*huma.Response{"200": {Description: http.StatusText(http.StatusOK), Content: content}}
	huma.Register(a.Huma, h, func(ctx context.Context, in *I) (*huma.StreamResponse, error) {
		file, err := handle(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", file.ContentType)
			hc.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
			hc.SetHeader("X-Content-Type-Options", "nosniff")
			_, _ = hc.BodyWriter().Write(file.Content) // a caller who left reads nothing
		}}, nil
	})
}
