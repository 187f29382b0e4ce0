package app

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"peakseat/api/account"
)

// demoUnchecked is the one of the troupe whose real-name data wait for an operator.
const demoUnchecked = 2

// identify has the demo's agents give made-up real-name data and the operator verify them; one waits, and the newcomer has not
// given theirs.
func (d *demo) identify(ctx context.Context) error {
	operator := d.as(ctx, demoOperator)
	for n, agent := range d.identified() {
		given, err := d.Account.MyIdentity(d.asAgent(ctx, agent))
		if err != nil {
			return err
		}
		if given.State == account.IdentityNone {
			d.acted = true
			if given, err = d.Account.GiveIdentity(d.asAgent(ctx, agent), madeUp(n), netip.Addr{}); err != nil {
				return fmt.Errorf("identity %d: %w", n, err)
			}
		}
		if given.State != account.IdentityGiven || n == demoUnchecked {
			continue
		}
		d.acted = true
		if _, err := d.Account.DecideIdentity(operator, agent, given.Version, "", "演示：与证件照片一致"); err != nil {
			return fmt.Errorf("identity %d: %w", n, err)
		}
	}
	return nil
}

// identified are the agents who give their data, in an order that stays.
func (d *demo) identified() []uuid.UUID {
	return slices.Concat(d.troupe(), []uuid.UUID{d.people[demoAgent].AccountID, d.people[demoAfterSales].AccountID})
}

// madeUp is nobody's: no district has the number's first six digits, the telephone numbers are kept for fiction (+1 202 555 01xx),
// and no bank issues the card's.
func madeUp(n int) account.Identity {
	const surnames, given = "陈王李赵周吴郑孙马朱胡林何高罗梁宋谢唐许", "静磊敏伟芳洋艳勇娟涛玲军丽强霞杰梅超兰鹏"
	names, firsts := []rune(surnames), []rune(given)
	number := fmt.Sprintf("110000%04d%02d%02d%03d", 1975+n%30, 1+n%12, 1+n*7%28, 1+n)
	card := fmt.Sprintf("620000000000%03d", n)
	return account.Identity{
		Name:   string(names[n%len(names)]) + string(firsts[n*7%len(firsts)]) + string(firsts[n*3%len(firsts)]),
		Number: number + string("10X98765432"[residue(number)]), Phone: fmt.Sprintf("+1202555%04d", 100+n), BankAccount: card + luhn(card),
	}
}

// residue is what makes the check character of an identity number (ISO 7064, MOD 11-2).
func residue(digits string) (sum int) {
	for _, c := range digits {
		sum = (sum + int(c-'0')) * 2 % 11
	}
	return sum
}

// luhn is the check digit of a card's number.
func luhn(digits string) string {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
			d = d/10 + d%10
		}
		sum += d
	}
	return strconv.Itoa((10 - sum%10) % 10)
}
