package docs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"peakseat/api/account"
	"peakseat/api/notice"
	"peakseat/billing"
	"peakseat/certification"
	"peakseat/internal/outbox"
	"peakseat/matcher"
)

const eventsHead = `# Facts

What contexts tell each other, and what a consumer outside may rely on. Each file is the JSON Schema of the member ` + "`data`" + `
of a CloudEvent 1.0; the schemas come from ` + "`internal/fact`" + ` and this page from the schemas and the consumers, both by
` + "`make generate`" + `.

` + "```json" + `
{"specversion": "1.0", "id": "0190…", "source": "peakseat/matcher", "type": "peakseat.matcher.seat.taken.v1",
 "subject": "0190…", "time": "2026-11-11T10:00:00Z", "datacontenttype": "application/json", "data": {"assignment_id": "0190…"}}
` + "```" + `

- A fact is published after the transaction that made it true, at least once, on the subject that its type is, with its
  id as message id. Act once by remembering ids.
- ` + "`subject`" + ` is the aggregate; facts of one aggregate come in the order in which they became true. ` + "`time`" + ` is the rules' clock.
- Members may be added within a version: ignore what you do not know. Anything else is a new type.
- Facts hold ids, times and figures, and no personal data. Money is in minor units.

| fact | told by | acted on by | what became true |
| --- | --- | --- | --- |
`

// The page of facts says who tells each and who acts on it, as the program is wired.
func TestThePageOfFactsIsFresh(t *testing.T) {
	t.Parallel()
	var consumers []outbox.Consumer
	consumers = append(consumers, account.New(account.Deps{}).Consumers()...)
	consumers = append(consumers, notice.New(notice.Deps{}).Consumers()...)
	consumers = append(consumers, certification.New(certification.Deps{}).Consumers()...)
	consumers = append(consumers, matcher.New(matcher.Deps{}).Consumers()...)
	consumers = append(consumers, billing.New(billing.Deps{}).Consumers()...)
	actors := map[string][]string{}
	for _, c := range consumers {
		for _, kind := range c.Types {
			actors[kind] = append(actors[kind], "`"+c.Name+"`")
		}
	}
	paths, err := filepath.Glob("events/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no schemas found: %v", err)
	}
	var page bytes.Buffer
	page.WriteString(eventsHead)
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Title       string `json:"title"`
			Description string `json:"description"`
		}
		if err := json.Unmarshal(content, &schema); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		by := actors[schema.Title]
		delete(actors, schema.Title)
		slices.Sort(by)
		about, _, _ := strings.Cut(schema.Description, ". ")
		fmt.Fprintf(&page, "| [%[1]s](%[1]s.json) | %[2]s | %[3]s | %[4]s |\n", schema.Title,
			strings.Split(schema.Title, ".")[1], strings.Join(by, ", "), strings.TrimSuffix(about, "."))
	}
	for kind := range actors {
		t.Errorf("a consumer waits for %s, which nobody tells", kind)
	}
	fresh(t, "events/README.md", page.Bytes())
}
