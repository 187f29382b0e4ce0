package clock

import "time"

// Now returns the machine's time in UTC. It keeps the monotonic reading, so that differences survive a step of the
// wall clock.
func Now() time.Time { return time.Now().UTC() }

// Since returns the time that has passed on the machine since t.
func Since(t time.Time) time.Duration { return time.Since(t) }
