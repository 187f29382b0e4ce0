// Package keyfile keeps secrets in files that only their owner can read.
//
// A secret is created once and never overwritten by a second creator; a change is written beside it, flushed and renamed
// over it under a lock, so that a crash leaves either the old file or the new one. Files that others may read are
// refused: a key that was readable is a key that may have been read. Unix only (modes and flock).
package keyfile
