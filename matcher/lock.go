package matcher

import (
	"encoding/binary"
	"slices"

	"github.com/google/uuid"

	"peakseat/internal/postgres"
)

// Advisory locks of a transaction, taken in one order: shifts, then agents, each
// ascending by key. They take no transaction id, so a refusal under them writes
// nothing. Two ids that share a key merely wait for each other.
const (
	shiftLock = uint64(1) << 60
	agentLock = uint64(2) << 60
	lockBits  = uint64(1)<<60 - 1
)

func shiftKey(id uuid.UUID) int64 { return lockKey(shiftLock, id) }
func agentKey(id uuid.UUID) int64 { return lockKey(agentLock, id) }

// lockKey is the kind and the last 60 bits of the id, which are random in a UUIDv7.
func lockKey(kind uint64, id uuid.UUID) int64 {
	return int64(kind | binary.BigEndian.Uint64(id[8:])&lockBits) //nolint:gosec // kind leaves the sign bit free
}

// lockKeys are the sorted keys of shifts and agents.
func lockKeys(shifts, agents []uuid.UUID) []int64 {
	keys := make([]int64, 0, len(shifts)+len(agents))
	for _, id := range shifts {
		keys = append(keys, shiftKey(id))
	}
	for _, id := range agents {
		keys = append(keys, agentKey(id))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// batchKeys are the sorted keys of a claim batch, and which of them it takes in common with other batches: those of shared
// shifts. Everybody else takes a shift alone.
func batchKeys(shared, own, agents []uuid.UUID) (keys []int64, common []bool) {
	keys = lockKeys(slices.Concat(shared, own), agents)
	common = make([]bool, len(keys))
	for _, id := range shared {
		at, _ := slices.BinarySearch(keys, shiftKey(id))
		common[at] = true
	}
	for _, id := range own {
		at, _ := slices.BinarySearch(keys, shiftKey(id)) // where two ids share a key, alone wins
		common[at] = false
	}
	return keys, common
}

// lock takes the locks of shifts and agents until the transaction ends. What was read before
// may have changed: read again after it.
func lock(tx *postgres.Tx, shifts, agents []uuid.UUID) error {
	var r reading
	r.lock(shifts, agents)
	return r.send(tx)
}

const takeLocks = `select count(pg_advisory_xact_lock(k)) from unnest($1::bigint[]) k`
