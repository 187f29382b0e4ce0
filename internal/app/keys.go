package app

import "peakseat/internal/auth"

// Keys are the keys of access tokens.
func (a *App) Keys() *auth.Keys { return a.keys }
