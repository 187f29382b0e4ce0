package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"text/tabwriter"
	"time"

	"peakseat/internal/app"
)

// auditCmd reads everything and says which promises the data keep.
type auditCmd struct {
	database
	JSON      bool          `name:"json" help:"Print {at, checks: [{name, checked, broken, examples}], clean} instead of a table."`
	OutboxAge time.Duration `default:"1h" help:"How long a fact may wait to be published before that is a finding."`
}

// errNotClean is exit status 1; what was found is printed before.
var errNotClean = errors.New("the audit found broken promises")

// Run audits.
func (c *auditCmd) Run(ctx context.Context, out output, log *slog.Logger) error {
	report, err := app.Audit(ctx, app.Config{DatabaseURL: c.DatabaseURL, DataDir: c.DataDir, Log: log}, c.OutboxAge)
	if err != nil {
		return err
	}
	if c.JSON {
		lines := json.NewEncoder(out)
		lines.SetIndent("", "  ")
		err = lines.Encode(report)
	} else {
		err = printAudit(out, report)
	}
	if err == nil && !report.Clean {
		return errNotClean
	}
	return err
}

// printAudit prints a line a check, and under it what is broken.
func printAudit(out output, report *app.AuditReport) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	var broken int64
	for _, c := range report.Checks {
		verdict := "ok"
		if c.Broken > 0 {
			verdict = "BROKEN"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t  %s\n", verdict, c.Checked, c.Broken, c.Name)
		broken += c.Broken
	}
	fmt.Fprintf(w, "\tchecked\tbroken\t\n")
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range report.Checks {
		for i, f := range c.Examples {
			if i == 0 {
				fmt.Fprintf(out, "\n%s\n", c.Name)
			}
			fmt.Fprintf(out, "  %s  %s\n", f.Subject, f.Detail)
		}
		if more := c.Broken - int64(len(c.Examples)); more > 0 {
			fmt.Fprintf(out, "  and %d more\n", more)
		}
	}
	if report.Clean {
		_, err := fmt.Fprintf(out, "\nClean: %d checks at %s.\n", len(report.Checks), report.At.Format(time.RFC3339))
		return err
	}
	_, err := fmt.Fprintf(out, "\n%d broken.\n", broken)
	return err
}
