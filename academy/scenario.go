package academy

import (
	"embed"
	"encoding/json"
	"io/fs"
)

//go:embed scenario/*.json
var scenarios embed.FS

// SampleScripts are the project's own scenarios, by the names of their files.
func SampleScripts() ([]json.RawMessage, error) {
	names, err := fs.Glob(scenarios, "scenario/*.json")
	if err != nil {
		return nil, err
	}
	list := make([]json.RawMessage, len(names))
	for i, name := range names {
		if list[i], err = scenarios.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return list, nil
}
