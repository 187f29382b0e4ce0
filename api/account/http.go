package account

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/google/uuid"

	"peakseat/internal/auth"
	"peakseat/internal/web"
)

const tag = "account"

// Routes adds the context's operations to the edge.
func (s *Service) Routes(a *web.API) {
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/accounts", Summary: "Open an account as a merchant or an agent", Tag: tag,
		Access: web.Anyone, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postAccount)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/sessions", Summary: "Sign in", Tag: tag,
		Access: web.Anyone, Status: http.StatusCreated, MaxBody: smallBody,
	}, s.postSession)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/sessions/refresh", Summary: "Take a refresh token, which works once, for a new pair of tokens", Tag: tag,
		Access: web.Anyone, MaxBody: smallBody,
	}, s.postRefresh)
	web.Register(a, web.Op{
		Method: http.MethodDelete, Path: "/sessions/current", Summary: "Sign out", Tag: tag, Access: web.SignedIn,
	}, s.deleteSession)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/me", Summary: "Who I am and whom I act for", Tag: tag, Access: web.SignedIn,
	}, s.getMe)
	web.Register(a, web.Op{
		Method: http.MethodPatch, Path: "/me", Summary: "Change my name", Tag: tag, Access: web.SignedIn, MaxBody: smallBody,
	}, s.patchMe)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/me/password", Summary: "Change my password, which ends my other sessions", Tag: tag,
		Access: web.SignedIn, MaxBody: smallBody,
	}, s.postPassword)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/members", Summary: "The members of my organisation", Tag: tag,
		Access: web.Merchant | web.Trainer | web.Operator,
	}, s.getMembers)
	web.Register(a, web.Op{
		Method: http.MethodDelete, Path: "/members/{id}", Summary: "Take a member out of my organisation", Tag: tag,
		Access: web.Owner | web.Operator,
	}, s.deleteMember)
	web.Register(a, web.Op{
		Method: http.MethodPut, Path: "/members/{id}/role", Summary: "Give a member of my organisation another role", Tag: tag,
		Access: web.Owner | web.Operator, MaxBody: smallBody,
	}, s.putRole)
	web.Register(a, web.Op{
		Method: http.MethodPut, Path: "/organisation/name", Summary: "Give my merchant its public name", Tag: tag,
		Access: web.Owner, MaxBody: smallBody,
	}, s.putOrganisationName)
	web.Register(a, web.Op{
		Method: http.MethodGet, Path: "/me/export", Summary: "What is held about my account", Tag: tag, Access: web.SignedIn,
	}, s.getExport)
	web.Register(a, web.Op{
		Method: http.MethodPost, Path: "/me/erasure", Summary: "Erase who I am, for good", Tag: tag, Access: web.SignedIn, MaxBody: smallBody,
	}, s.postErasure)
	s.linkRoutes(a)
	s.apiKeyRoutes(a)
	s.operatorRoutes(a)
	s.identityRoutes(a)
}

// smallBody bounds what strangers may send.
const smallBody = 16 << 10

// Caller is the part of a request that says where it came from. Embed it in the input of operations that are guessed at.
type Caller struct{ address netip.Addr }

// Resolve is huma's: it keeps the address as the router's trusted proxies tell it.
func (c *Caller) Resolve(hc huma.Context) []error {
	c.address, _ = netip.ParseAddr(humagin.Unwrap(hc).ClientIP()) // an address that cannot be read is throttled with its like
	return nil
}

type organisationBody struct {
	ID   uuid.UUID        `json:"id"`
	Kind OrganisationKind `json:"kind" enum:"merchant,platform"`
	Name string           `json:"name"`
	Role auth.Role        `json:"role" enum:"owner,booker,finance,viewer,trainer,operator"`
}

func organisationOf(ctx context.Context, m Membership) organisationBody {
	name := m.Name
	if name == "" {
		name = unnamed(ctx)
	}
	return organisationBody{ID: m.ID, Kind: m.Kind, Name: name, Role: m.Role}
}

// unnamed is what a merchant that has not said its name is called.
func unnamed(ctx context.Context) string {
	if web.Language(ctx) == "en" {
		return "Unnamed merchant"
	}
	return "未命名商家"
}

func seconds(until, now time.Time) int { return int(until.Sub(now).Round(time.Second) / time.Second) }
