package seal

import (
	"slices"
	"time"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// A rotation while servers run has two steps. Stage adds a key that only reads; once every process has read the file
// again, Promote makes it the one in use, so that no process ever meets a value under a key that it lacks.

// ReloadEvery is how often processes read the files again.
const ReloadEvery = 15 * time.Second

// Stage adds a key that opens and does not wrap yet, and returns its id; where one waits already it is that one's.
func (k *Keyring) Stage() (id uint32, err error) { return k.file.stage() }

// Staged returns the id of the key that waits to be promoted, and false where none does.
func (k *Keyring) Staged() (id uint32, waits bool) { return k.file.staged() }

// Promote makes a key the one that wraps.
func (k *Keyring) Promote(id uint32) error { return k.file.promote(id) }

// Stage adds a key by which values are looked up and under which none is stored yet, and returns its id; where one waits
// already it is that one's.
func (x *Index) Stage() (id uint32, err error) { return x.file.stage() }

// Staged returns the id of the key that waits to be promoted, and false where none does.
func (x *Index) Staged() (id uint32, waits bool) { return x.file.staged() }

// Promote makes a key the one that Of uses.
func (x *Index) Promote(id uint32) error { return x.file.promote(id) }

func (k *keysetFile[P]) stage() (id uint32, err error) {
	if err := k.reload(); err != nil {
		return 0, err
	}
	if id, waits := k.staged(); waits {
		return id, nil
	}
	err = k.change(func(manager *keyset.Manager, _ uint32) error {
		id, err = manager.Add(k.template)
		return err
	})
	return id, err
}

// staged is the first key behind the primary: keys stand in the order in which they were made.
func (k *keysetFile[P]) staged() (id uint32, waits bool) {
	info := k.now.Load().handle.KeysetInfo()
	var order []uint32
	for _, key := range info.GetKeyInfo() {
		order = append(order, key.GetKeyId())
	}
	next := slices.Index(order, info.GetPrimaryKeyId()) + 1
	if next >= len(order) {
		return 0, false
	}
	return order[next], true
}

func (k *keysetFile[P]) promote(id uint32) error {
	return k.change(func(manager *keyset.Manager, _ uint32) error {
		if err := manager.SetPrimary(id); err != nil {
			return ErrUnknownKey
		}
		return nil
	})
}
