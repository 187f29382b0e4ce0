// Package tax works out the individual income tax to withhold from what an agent
// is paid for labour in China.
//
// It is pure: rules are data with the dates on which they take effect, the caller
// says what the year was so far, and the answer explains itself. Money is in fen,
// rates in integers per ten thousand; nothing is a float. Dates are days of
// the calendar in Beijing.
//
// Two methods are known. Platforms withhold by the cumulative one from
// 1 October 2025 (State Taxation Administration notice 2025 no. 16): the tax on
// the year so far, less what was withheld so far. Other payers withhold payment
// by payment (notice 2018 no. 61).
package tax
