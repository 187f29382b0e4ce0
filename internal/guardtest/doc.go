// Package guardtest asks a schema's guards directly, so that a context's test proves with a row of SQL each what the database
// refuses whoever writes: constraints, keys, references, append-only tables; and reads off who may do what to whose rows.
//
// A context gives one valid row for each of its tables. Rows are written with triggers and references off, so that a
// fixture needs no history; what is asked of a constraint, it is asked alone.
package guardtest
