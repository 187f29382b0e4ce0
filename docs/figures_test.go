package docs_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"peakseat/internal/provetest"
)

// Every figure says what it counts, how to measure it again and at which commit it was measured; those that the promises
// cite are there.
func TestFiguresAreWholeAndThoseCitedAreThere(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("figures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Machine map[string]string  `json:"machine"`
		Figures []provetest.Figure `json:"figures"`
	}
	if err := json.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if file.Machine["processors"] == "" || len(file.Figures) == 0 {
		t.Errorf("machine %v, %d figures", file.Machine, len(file.Figures))
	}
	measured := map[string]bool{}
	for _, f := range file.Figures {
		if f.Name == "" || f.Unit == "" || f.Command == "" || f.Commit == "" || measured[f.Name] {
			t.Errorf("not whole, or there twice: %+v", f)
		}
		measured[f.Name] = true
	}
	promises, err := os.ReadFile("guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	cited := 0
	for _, line := range regexp.MustCompile(`(?m)^Figures?: (.*(?:\n.+)*)`).FindAllStringSubmatch(string(promises), -1) {
		for _, name := range regexp.MustCompile("`([a-z0-9_]+)`").FindAllStringSubmatch(line[1], -1) {
			cited++
			if !measured[name[1]] {
				t.Errorf("docs/guarantees.md cites %s, which docs/figures.json does not have", name[1])
			}
		}
	}
	if cited == 0 {
		t.Error("the promises cite no figure")
	}
}
