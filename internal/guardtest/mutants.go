package guardtest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// mutantsVariable names a file of mutants, one a line. Each is made in a transaction of its own, its table's guards are asked, and
// what they say of it is written beside the file, instead of failing the test: test/mutants asks a hundred mutants in the time of one.
const mutantsVariable = "PEAKSEAT_GUARDS_MUTANTS"

// Mutant is a line of that file: SQL that takes a guard of the table away. Said is a line of the answer, FILE.said: what the
// guards said, and nothing where they noticed nothing.
type Mutant struct {
	Name  string `json:"Name"`
	Table string `json:"Table"`
	SQL   string `json:"SQL"`
	Said  string `json:"Said,omitempty"`
}

// fatal ends what is asked about one mutant.
type fatal string

// Errorf is the test's, or is heard.
func (u *subject) Errorf(format string, args ...any) {
	u.Helper()
	if u.heard == nil {
		u.T.Errorf(format, args...)
		return
	}
	*u.heard = append(*u.heard, fmt.Sprintf(format, args...))
}

// Fatalf is the test's, or is heard.
func (u *subject) Fatalf(format string, args ...any) {
	u.Helper()
	if u.heard == nil {
		u.T.Fatalf(format, args...)
	}
	panic(fatal(fmt.Sprintf(format, args...)))
}

// judged asks about the mutants where some are named, and about the schema as it is otherwise.
func (u *subject) judged(ask func()) {
	u.Helper()
	path := os.Getenv(mutantsVariable)
	if path == "" {
		ask()
		return
	}
	mutants, err := os.Open(path) //nolint:gosec // what the one who runs the tests names
	if err != nil {
		u.Fatal(err)
	}
	defer mutants.Close()                  //nolint:errcheck // read only
	said, err := os.Create(path + ".said") //nolint:gosec // as above
	if err != nil {
		u.Fatal(err)
	}
	defer said.Close() //nolint:errcheck // each line is written at once
	for lines := bufio.NewScanner(mutants); lines.Scan(); {
		var m Mutant
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			u.Fatal(err)
		}
		u.exec(`savepoint mutant`)
		u.exec(m.SQL)
		u.only = m.Table
		if words := u.hear(ask); len(words) > 0 {
			m.Said = words[0]
		}
		u.exec(`rollback to savepoint mutant`)
		if err := json.NewEncoder(said).Encode(m); err != nil {
			u.Fatal(err)
		}
	}
}

// hear returns what is said; what is broken off says nothing that counts.
func (u *subject) hear(ask func()) (words []string) {
	u.heard = &words
	defer func() {
		u.heard = nil
		if broken := recover(); broken != nil {
			if _, ours := broken.(fatal); !ours {
				panic(broken)
			}
		}
	}()
	ask()
	return words
}
