package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"peakseat/internal/app"
)

type openapiCmd struct{}

// Run prints the document.
func (openapiCmd) Run(out output) error {
	document, err := app.Document()
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, document, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, pretty.String())
	return err
}

type routesCmd struct{}

// Run prints the table of operations.
func (routesCmd) Run(out output) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, op := range app.Operations() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", op.Method, op.Path, op.Access, op.Summary)
	}
	return w.Flush()
}
