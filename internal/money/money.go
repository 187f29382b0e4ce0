// Package money is an amount of money: int64 minor units and a currency, never a float.
package money

import "fmt"

// Money is an amount in minor units (fen for CNY) of an ISO 4217 currency.
type Money struct {
	Amount   int64  `json:"amount" doc:"minor units; fen for CNY"`
	Currency string `json:"currency" example:"CNY" minLength:"3" maxLength:"3"`
}

// CNY is an amount of renminbi in fen.
func CNY(fen int64) Money { return Money{Amount: fen, Currency: "CNY"} }

// String is for logs and terminals: "123.45 CNY".
func (m Money) String() string {
	sign, a := "", m.Amount
	if a < 0 {
		sign, a = "-", -a
	}
	return fmt.Sprintf("%s%d.%02d %s", sign, a/100, a%100, m.Currency)
}

// ForMinutes is the price of minutes at an hourly rate, both in minor units: minutes x
// rate / 60, rounded half up once. Neither may be negative.
func ForMinutes(minutes, hourly int64) int64 { return (minutes*hourly + 30) / 60 }
