// Package test proves the program end to end: journeys over the API, the rules of the house,
// faults, storms, and the real binary.
package test
