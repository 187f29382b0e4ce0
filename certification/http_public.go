package certification

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"peakseat/certification/badge"
	"peakseat/certification/translog"
	"peakseat/internal/fault"
)

const json200 = "application/json"

// Published is what verifiers read beside the API, by its path. It needs no token, and names nobody.
func (s *Service) Published() map[string]http.Handler {
	return map[string]http.Handler{
		issuerPath: s.publish(json200, func(*http.Request) ([]byte, error) { return json.Marshal(s.Issuer.Profile()) }),
		keySetPath: s.publish(json200, func(*http.Request) ([]byte, error) {
			keys, err := s.Issuer.Keys()
			if err != nil {
				return nil, err
			}
			return keys.JWKS()
		}),
		keyPath + ":key":              s.publish(json200, s.publishKey),
		statusPath + ":purpose/:list": s.publish("application/vc+jwt", s.publishList),
		logPath + "checkpoint": s.publish("text/plain; charset=utf-8", func(r *http.Request) ([]byte, error) {
			signed, err := s.Checkpoint(r.Context())
			return []byte(signed), err
		}),
		logPath + "key": s.publish("text/plain; charset=utf-8", func(*http.Request) ([]byte, error) {
			key, err := translog.VerifierKey(s.Issuer.logKey)
			return []byte(key + "\n"), err
		}),
		logPath + "inclusion":           s.publish(json200, s.publishInclusion),
		logPath + "consistency":         s.publish(json200, s.publishConsistency),
		logPath + "leaves":              s.publish(json200, s.publishLeaves),
		badgePath + ":public_id/qr.svg": s.publish("image/svg+xml", s.drawSVG),
		badgePath + ":public_id/qr.png": s.publish("image/png", s.drawPNG),
	}
}

// publish answers with what make makes. Copies may be kept half a minute, so that a revocation shows within a minute.
func (s *Service) publish(kind string, content func(*http.Request) ([]byte, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := content(r)
		if errors.Is(err, fault.ErrNotFound) {
			http.Error(w, "not found", http.StatusNotFound)
			return
		}
		if err != nil {
			s.Log.ErrorContext(r.Context(), "what is published could not be made", slog.String("path", r.URL.Path), slog.Any("error", err))
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "public, max-age=30")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = w.Write(body) // who went away reads nothing
	})
}

func (s *Service) publishKey(r *http.Request) ([]byte, error) {
	keys, err := s.Issuer.Keys()
	if err != nil {
		return nil, err
	}
	found, err := keys.JWK(s.Issuer.public + r.URL.Path)
	if err == nil && found == nil {
		err = fault.ErrNotFound
	}
	return found, err
}

func (s *Service) publishList(r *http.Request) ([]byte, error) {
	purpose, number, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, statusPath), "/")
	list, err := strconv.ParseInt(number, 10, 32)
	if err != nil {
		return nil, fault.ErrNotFound
	}
	signed, err := s.StatusList(r.Context(), badge.Purpose(purpose), int(list))
	return []byte(signed), err
}

func (s *Service) publishInclusion(r *http.Request) ([]byte, error) {
	index, size, err := numbers(r, "index", "size")
	if err != nil {
		return nil, err
	}
	proof, err := s.Inclusion(r.Context(), index, size)
	if err != nil {
		return nil, err
	}
	return json.Marshal(proof)
}

func (s *Service) publishConsistency(r *http.Request) ([]byte, error) {
	first, size, err := numbers(r, "first", "size")
	if err != nil {
		return nil, err
	}
	proof, err := s.Consistency(r.Context(), first, size)
	if err != nil {
		return nil, err
	}
	return json.Marshal(proof)
}

// leavesAtOnce bounds a page of the log.
const leavesAtOnce = 1000

func (s *Service) publishLeaves(r *http.Request) ([]byte, error) {
	from, _, err := numbers(r, "from", "")
	if err != nil {
		return nil, err
	}
	leaves, err := s.Leaves(r.Context(), from, leavesAtOnce)
	if err != nil {
		return nil, err
	}
	page := struct {
		From   int64    `json:"from"`
		Leaves []string `json:"leaves"`
	}{from, []string{}}
	for _, leaf := range leaves {
		page.Leaves = append(page.Leaves, base64.StdEncoding.EncodeToString(leaf))
	}
	return json.Marshal(page)
}

func (s *Service) drawSVG(r *http.Request) ([]byte, error) {
	code, err := s.qrCode(publicIDIn(r))
	if err != nil {
		return nil, fault.ErrNotFound // too long for a code
	}
	return svg(code), nil
}

func (s *Service) drawPNG(r *http.Request) ([]byte, error) {
	code, err := s.qrCode(publicIDIn(r))
	if err != nil {
		return nil, fault.ErrNotFound
	}
	return code.PNG(), nil
}

func publicIDIn(r *http.Request) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, badgePath), "/")
	return id
}

// numbers reads two numbers of the query; an absent one is 0, and a negative one is of nothing.
func numbers(r *http.Request, first, second string) (a, b int64, err error) {
	for name, into := range map[string]*int64{first: &a, second: &b} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		if *into, err = strconv.ParseInt(text, 10, 64); err != nil || *into < 0 {
			return 0, 0, fault.ErrNotFound
		}
	}
	return a, b, nil
}
