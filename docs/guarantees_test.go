package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Every proof that docs/guarantees.md names is a test of that file, and every promise names one.
func TestGuaranteesNameRealTests(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("guarantees.md")
	if err != nil {
		t.Fatal(err)
	}
	proof := regexp.MustCompile("`([\\w./-]+_test\\.go)`:((?:\\s*`(?:Test|Fuzz)\\w+`,?)+)")
	name := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	listed := name.FindAllString(string(content), -1)
	checked := 0
	for _, found := range proof.FindAllStringSubmatch(string(content), -1) {
		source, err := os.ReadFile("../" + found[1])
		if err != nil {
			t.Errorf("%s is not there", found[1])
			continue
		}
		for _, test := range name.FindAllStringSubmatch(found[2], -1) {
			checked++
			if !strings.Contains(string(source), "\nfunc "+test[1]+"(") {
				t.Errorf("%s has no %s", found[1], test[1])
			}
		}
	}
	if checked != len(listed) || checked == 0 {
		t.Errorf("%d tests are named, %d of them beside the file that they are in", len(listed), checked)
	}
	sections := regexp.MustCompile(`(?m)^## \d+\. .*$`).FindAllStringIndex(string(content), -1)
	if len(sections) == 0 {
		t.Fatal("no promises found")
	}
	for i, at := range sections {
		end := len(content)
		if i+1 < len(sections) {
			end = sections[i+1][0]
		}
		if section := string(content[at[0]:end]); !proof.MatchString(section) && !strings.Contains(section, "Not built yet") {
			t.Errorf("%q names no test", strings.TrimSpace(string(content[at[0]:at[1]])))
		}
	}
}
