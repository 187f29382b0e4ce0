// Package rules is the rule book: every market number that rules go by, as typed
// values with a version.
//
// A booking stores the version that was in force when it was confirmed and settles
// under it. A version that was in force is never changed: a new one is added beside it,
// so that old shifts keep their rules. Prices are not here; they are the price book's.
package rules
