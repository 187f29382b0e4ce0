// Package web is the browser's side: the built app, or the plain page that stands in until it is built.
package web

import (
	"bytes"
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var dist embed.FS

//go:embed plain.html
var plain []byte

// Handler serves the built app: files by their name, and its first page for every other path. Where
// no app is built it serves a plain page that says what runs and how to try it.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is compiled in
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if name != "index.html" && mime.TypeByExtension(path.Ext(name)) != "" && serve(w, r, files, name) {
			return
		}
		if strings.HasPrefix(name, "assets/") { // a page older than this build asks for what is gone
			http.NotFound(w, r)
			return
		}
		if !serve(w, r, files, "index.html") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Cache-Control", "no-cache")
			_, _ = w.Write(plain) // the reader may have left
		}
	})
}

// serve writes a file in the form that the reader takes: the build lays compressed ones beside it.
func serve(w http.ResponseWriter, r *http.Request, files fs.FS, name string) bool {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	for _, form := range []struct{ encoding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), form.encoding) {
			continue
		}
		if small, err := fs.ReadFile(files, name+form.suffix); err == nil {
			raw = small
			h.Set("Content-Encoding", form.encoding)
			break
		}
	}
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") { // named by their content
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(raw))
	return true
}
