package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"peakseat/internal/auth"
	"peakseat/internal/postgres"
)

// Keyed says what an operation does with an Idempotency-Key.
type Keyed int

const (
	// Unkeyed operations take no key: reads, sessions, one-time secrets.
	Unkeyed Keyed = iota
	// InEdge runs the whole handler in one transaction, which also keeps the reply.
	InEdge
	// InHandler hands the key down (KeyFrom): the use case keeps the reply itself, as claim batches do.
	InHandler
)

// Op is one operation: everything about it but what it does.
type Op struct {
	Method  string
	Path    string // from /api/v1 on: "/shifts/{id}/claims"
	Summary string
	Tag     string // the context it belongs to
	Access  Access
	Status  int // of success; 0 means 200, or 204 for None
	Keyed   Keyed
	Pool    *postgres.DB // of an InEdge operation that acts for many; nil: the application's
	MaxBody int64        // bytes; 0 means 1 MiB
	// Absolute paths stand outside /api/v1.
	Absolute bool
}

// None is the reply of operations that have nothing to say: 204.
type None struct{}

// API is the set of operations being built.
type API struct {
	Huma       huma.API
	DB         *postgres.DB // the application's pool, for keyed operations
	Revoked    func(auth.Actor) bool
	Operations []Op
}

// BasePath is where the operations live.
const BasePath = "/api/v1"

const defaultMaxBody = 1 << 20

// versioned replies have an ETag.
type versioned interface{ ETag() string }

type reply[T any] struct {
	Status   int
	ETag     string `header:"ETag"`
	Replayed string `header:"Idempotent-Replayed"`
	Body     body[T]
}

// body carries the reply's bytes and T's schema: what is kept for a repeat and what is sent are the same bytes.
type body[T any] struct{ raw []byte }

func (b body[T]) MarshalJSON() ([]byte, error) { return b.raw, nil }

// Schema is T's.
func (body[T]) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[T](), true, "")
}

type empty struct {
	Status   int
	Replayed string `header:"Idempotent-Replayed"`
}

// Encode is the one way a reply becomes bytes.
func Encode(value any) ([]byte, error) { return json.Marshal(value) }

// Replayed is returned as an error by a use case that found its key answered before.
type Replayed struct {
	Status int
	Body   []byte
}

func (*Replayed) Error() string { return "the reply was given before" }

// Register adds an operation. I is a struct of path, query and header fields and a Body, as huma
// reads it; the handler's result is the reply's body. It panics on an operation that
// says not who may call it: that is a mistake in the program.
func Register[I, T any](a *API, op Op, handle func(ctx context.Context, in *I) (*T, error)) {
	h := a.operation(&op, reflect.TypeFor[T]() == reflect.TypeFor[None]())
	run := func(ctx context.Context, in *I) (int, string, []byte, bool, error) {
		return respond(ctx, a, op, in, handle)
	}
	if op.Status == http.StatusNoContent {
		huma.Register(a.Huma, h, func(ctx context.Context, in *I) (*empty, error) {
			status, _, _, replayed, err := run(ctx, in)
			if err != nil {
				return nil, problemOf(ctx, err)
			}
			return &empty{Status: status, Replayed: flag(replayed)}, nil
		})
		return
	}
	huma.Register(a.Huma, h, func(ctx context.Context, in *I) (*reply[T], error) {
		status, etag, raw, replayed, err := run(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return &reply[T]{Status: status, ETag: etag, Replayed: flag(replayed), Body: body[T]{raw}}, nil
	})
}

// operation turns Op into huma's, with the access rule as its first step.
func (a *API) operation(op *Op, nothing bool) huma.Operation {
	if op.Access == 0 {
		panic(fmt.Sprintf("%s %s has no access rule", op.Method, op.Path))
	}
	if op.Status == 0 {
		op.Status = http.StatusOK
		if nothing {
			op.Status = http.StatusNoContent
		}
	}
	if op.MaxBody == 0 {
		op.MaxBody = defaultMaxBody
	}
	a.Operations = append(a.Operations, *op)
	path := op.Path
	if !op.Absolute {
		path = BasePath + path
	}
	h := huma.Operation{
		OperationID:   operationID(op.Method, op.Path),
		Method:        op.Method,
		Path:          path,
		Summary:       op.Summary,
		Description:   "Access: " + op.Access.String() + ".",
		Tags:          []string{op.Tag},
		DefaultStatus: op.Status,
		MaxBodyBytes:  op.MaxBody,
		Errors:        []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable},
		Middlewares:   huma.Middlewares{a.admit(*op)},
	}
	if op.Access&Anyone == 0 {
		h.Security = []map[string][]string{{"bearer": {}}}
	}
	if op.Keyed != Unkeyed {
		h.Parameters = append(h.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header",
			Description: "A key of your own, at most 200 characters. A repeat with the same key and body answers the same bytes and acts no second time; another body is refused.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		})
	}
	return h
}

func (a *API) admit(op Op) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		actor, known := auth.ActorFrom(hc.Context())
		if err := op.admits(actor, known); err != nil {
			writeProblem(a.Huma, hc, err)
			return
		}
		next(hc)
	}
}

func respond[I, T any](ctx context.Context, a *API, op Op, in *I, handle func(context.Context, *I) (*T, error)) (status int, etag string, raw []byte, replayed bool, err error) {
	answer := func(ctx context.Context) ([]byte, error) {
		value, err := handle(ctx, in)
		if err != nil {
			return nil, err
		}
		if v, ok := any(value).(versioned); ok {
			etag = v.ETag()
		}
		if op.Status == http.StatusNoContent {
			return []byte{}, nil
		}
		return Encode(value)
	}
	key, err := requestKey(ctx, op, in)
	if err != nil {
		return 0, "", nil, false, err
	}
	switch {
	case op.Keyed == InEdge && key.Name != "":
		pool := op.Pool
		if pool == nil {
			pool = a.DB
		}
		raw, err = once(ctx, pool, key, op.Status, answer)
	case op.Keyed == InHandler:
		raw, err = answer(WithKey(ctx, key))
	default:
		raw, err = answer(ctx)
	}
	if again, ok := errors.AsType[*Replayed](err); ok {
		return again.Status, "", again.Body, true, nil
	}
	return op.Status, etag, raw, false, err
}

// operationID is "post-shifts-id-claims".
func operationID(method, path string) string {
	words := strings.FieldsFunc(strings.ToLower(method)+path, func(r rune) bool { return strings.ContainsRune("/{}.", r) })
	return strings.Join(words, "-")
}

func flag(replayed bool) string {
	if replayed {
		return "true"
	}
	return ""
}
