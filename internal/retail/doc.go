// Package retail holds one real week of arrivals: the busiest of a British
// online gift shop before Christmas 2011, as contacts per half hour. The
// rehearsal and the demonstration plan seats from it, so that what they show
// swells and ebbs as a shop really does.
//
// How the curve is made of the shop's orders, and whom to thank for them, is
// in README.md.
package retail
