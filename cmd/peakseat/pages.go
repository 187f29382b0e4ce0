package main

import (
	"net/http"

	"peakseat/web"
)

// pages is the web app, or the plain page that stands in until it is built.
func pages() http.Handler { return web.Handler() }
