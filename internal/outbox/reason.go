package outbox

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"peakseat/internal/fault"
)

// reasonLimit is the length of a reason in bytes.
const reasonLimit = 300

// Reason tells why something failed in words that may be stored and logged: what an
// error quotes, addresses and long numbers are left out, because they may be
// somebody's. A fault is told by its code, a database error by its state and names.
func Reason(err error) string {
	if err == nil {
		return ""
	}
	if f, ok := fault.As(err); ok {
		return "fault " + f.Code
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		said := []string{"sqlstate " + pg.Code}
		for _, part := range [][2]string{
			{"table ", pg.SchemaName + "." + pg.TableName}, {"constraint ", pg.ConstraintName}, {"column ", pg.ColumnName},
		} {
			if strings.Trim(part[1], ".") != "" {
				said = append(said, part[0]+part[1])
			}
		}
		if pg.Code == "P0001" || strings.HasPrefix(pg.Code, "42") { // our own words, or a mistake in a statement
			said = append(said, scrub(pg.Message))
		}
		return strings.Join(said, ", ")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "out of time"
	}
	return scrub(err.Error())
}

// scrub keeps ids and words and leaves out what may be personal.
func scrub(s string) string {
	ids := regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)
	unsafe := regexp.MustCompile("\"[^\"]*\"?|`[^`]*`?|“[^”]*”?|'[^']*'|\\S+@\\S+|[+0-9][0-9 ().-]{5,}[0-9]|[^\\x00-\\x7f]+")
	var out strings.Builder
	rest := 0
	for _, id := range ids.FindAllStringIndex(s, -1) {
		out.WriteString(unsafe.ReplaceAllString(s[rest:id[0]], "…"))
		out.WriteString(s[id[0]:id[1]])
		rest = id[1]
	}
	out.WriteString(unsafe.ReplaceAllString(s[rest:], "…"))
	told := out.String()
	if len(told) > reasonLimit {
		told = strings.ToValidUTF8(told[:reasonLimit], "") + "…"
	}
	return told
}
