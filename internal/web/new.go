package web

import (
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"peakseat/internal/postgres"
)

// problems sets huma's own variables once: tests start several APIs at the same time.
var problems sync.Once //nolint:gochecknoglobals // what it guards is the process's too

// New starts an empty API on router. db is the application's pool.
func New(router *gin.Engine, version string, db *postgres.DB) *API {
	problems.Do(func() {
		// huma asks these two package variables for every error
		huma.NewErrorWithContext = fromHuma
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return fromHuma(nil, status, msg, errs...)
		}
	})
	cfg := huma.DefaultConfig("PeakSeat 峰席", version)
	cfg.CreateHooks = nil // no $schema in every body
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.RejectUnknownQueryParameters = true
	cfg.Info.Description = "A marketplace for customer-service seats. Times are RFC 3339 with offset, money is in minor units, errors are RFC 9457 problems with a stable code."
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "An access token of POST /sessions, or an API key."},
	}
	return &API{Huma: humagin.New(router, cfg), DB: db}
}
