package seal

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"

	"peakseat/internal/clock"
	"peakseat/internal/seal/keyfile"
)

var (
	// ErrPrimaryKey says that the key in use cannot be retired: rotate first, and move what lies under it.
	ErrPrimaryKey = errors.New("the key in use cannot be retired")
	// ErrUnknownKey says that no key has this id: it was retired, or this is another installation's data.
	ErrUnknownKey = errors.New("unknown key id")
)

// reloadAtMost is how often unknown key ids may make us look at the file again.
const reloadAtMost = time.Second

// keysetFile is a tink keyset in a file, of which one key is the primary. P is what is made of it.
type keysetFile[P any] struct {
	path     string
	template *tinkpb.KeyTemplate
	build    func(*keyset.Handle) (P, error)

	now atomic.Pointer[opened[P]]

	reloading sync.Mutex
	reloaded  time.Time
}

type opened[P any] struct {
	handle *keyset.Handle
	made   P
}

func openKeyset[P any](path string, create bool, template *tinkpb.KeyTemplate, build func(*keyset.Handle) (P, error)) (*keysetFile[P], error) {
	_, err := keyfile.ReadOrCreate(path, create, func() ([]byte, error) {
		handle, err := keyset.NewHandle(template)
		if err != nil {
			return nil, fmt.Errorf("make keyset: %w", err)
		}
		return encodeKeyset(handle)
	})
	if err != nil {
		return nil, err
	}
	k := &keysetFile[P]{path: path, template: template, build: build}
	return k, k.reload()
}

func (k *keysetFile[P]) primary() uint32 { return k.now.Load().handle.KeysetInfo().GetPrimaryKeyId() }

// ids returns the ids of all keys, the primary's first.
func (k *keysetFile[P]) ids() []uint32 { return keyIDs(k.now.Load().handle) }

// rotate adds a key and makes it the primary.
func (k *keysetFile[P]) rotate() (id uint32, err error) {
	err = k.change(func(manager *keyset.Manager, _ uint32) error {
		if id, err = manager.Add(k.template); err != nil {
			return fmt.Errorf("make key: %w", err)
		}
		return manager.SetPrimary(id)
	})
	return id, err
}

// retire destroys a key, and with it whatever still lies under it.
func (k *keysetFile[P]) retire(id uint32) error {
	return k.change(func(manager *keyset.Manager, primary uint32) error {
		if id == primary {
			return ErrPrimaryKey
		}
		if err := manager.Delete(id); err != nil {
			return fmt.Errorf("%w: %w", ErrUnknownKey, err)
		}
		return nil
	})
}

// change works on the file as it is now, which another process may have changed since we read it.
func (k *keysetFile[P]) change(apply func(manager *keyset.Manager, primary uint32) error) error {
	err := keyfile.Update(k.path, func(old []byte) ([]byte, error) {
		handle, err := decodeKeyset(old)
		if err != nil {
			return nil, err
		}
		manager := keyset.NewManagerFromHandle(handle)
		if err = apply(manager, handle.KeysetInfo().GetPrimaryKeyId()); err != nil {
			return nil, err
		}
		if handle, err = manager.Handle(); err != nil {
			return nil, fmt.Errorf("change keyset: %w", err)
		}
		return encodeKeyset(handle)
	})
	if err != nil {
		return err
	}
	return k.reload()
}

func (k *keysetFile[P]) reload() error {
	k.reloading.Lock()
	defer k.reloading.Unlock()
	return k.reloadLocked()
}

// find returns what ask finds in the keyset; where it does not, another process may have rotated, so the file is read
// again, though not often.
func (k *keysetFile[P]) find(ask func(P) bool) error {
	if ask(k.now.Load().made) {
		return nil
	}
	k.reloading.Lock()
	defer k.reloading.Unlock()
	if clock.Since(k.reloaded) >= reloadAtMost {
		if err := k.reloadLocked(); err != nil {
			return err
		}
	}
	if ask(k.now.Load().made) {
		return nil
	}
	return ErrUnknownKey
}

func (k *keysetFile[P]) reloadLocked() error {
	k.reloaded = clock.Now()
	content, err := keyfile.Read(k.path)
	if err != nil {
		return err
	}
	handle, err := decodeKeyset(content)
	if err != nil {
		return err
	}
	made, err := k.build(handle)
	if err != nil {
		return fmt.Errorf("use keyset %s: %w", k.path, err)
	}
	k.now.Store(&opened[P]{handle: handle, made: made})
	return nil
}

// each calls use with a handle for every key in which that key is the primary.
func each(handle *keyset.Handle, use func(id uint32, handle *keyset.Handle) error) error {
	for _, id := range keyIDs(handle) {
		manager := keyset.NewManagerFromHandle(handle)
		if err := manager.SetPrimary(id); err != nil {
			return fmt.Errorf("select key: %w", err)
		}
		one, err := manager.Handle()
		if err != nil {
			return fmt.Errorf("select key: %w", err)
		}
		if err := use(id, one); err != nil {
			return err
		}
	}
	return nil
}

func keyIDs(handle *keyset.Handle) []uint32 {
	info := handle.KeysetInfo()
	ids := []uint32{info.GetPrimaryKeyId()}
	for _, key := range info.GetKeyInfo() {
		if key.GetStatus() == tinkpb.KeyStatusType_ENABLED && key.GetKeyId() != ids[0] {
			ids = append(ids, key.GetKeyId())
		}
	}
	return ids
}

// The keyset lies in its file unencrypted: the file's mode and the machine's disk guard it, and a production
// installation mounts it from where it keeps secrets.
func encodeKeyset(handle *keyset.Handle) ([]byte, error) {
	var content bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewJSONWriter(&content)); err != nil {
		return nil, fmt.Errorf("encode keyset: %w", err)
	}
	return content.Bytes(), nil
}

func decodeKeyset(content []byte) (*keyset.Handle, error) {
	handle, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(content)))
	if err != nil {
		return nil, fmt.Errorf("decode keyset: %w", err)
	}
	return handle, nil
}
