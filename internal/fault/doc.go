// Package fault is the one kind of error that people outside may read.
//
// A fault has a kind (what sort of refusal it is), a stable code (what programs
// match on) and a text in every language the product speaks. Everything else
// that goes wrong is an unknown error: the edge answers 500 with a fixed text and
// logs it once. Only internal/web turns kinds into status codes.
package fault
