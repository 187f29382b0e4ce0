package psychometrics

import (
	"math"
	"slices"
)

// Item is an item's parameters: how steeply the chance of a right answer rises, and at which ability it is one half.
type Item struct {
	A, B     float64
	SEA, SEB float64 // standard errors; 0: not estimated
}

// Chance is the chance that somebody of the ability answers right.
func (i Item) Chance(ability float64) float64 { return logistic(i.A * (ability - i.B)) }

// Information is how much an answer to the item tells about the ability (Fisher's).
func (i Item) Information(ability float64) float64 {
	p := i.Chance(ability)
	return i.A * i.A * p * (1 - p)
}

// Answered is an item and whether it was answered right.
type Answered struct {
	Item
	Right bool
}

// Ability is an estimate and its standard error.
type Ability struct{ Mean, SE float64 }

// EAP is the mean of what the answers leave possible of a normal prior, and its spread. Without answers it is the prior.
func EAP(answers []Answered, prior Ability) Ability {
	const points, reach = 121, 6.0
	var total, sum, squares float64
	logs, at := make([]float64, points), make([]float64, points)
	for q := range points {
		z := reach * (2*float64(q)/(points-1) - 1)
		at[q] = prior.Mean + prior.SE*z
		logs[q] = -z*z/2 + logLikelihood(answers, at[q])
	}
	top := slices.Max(logs)
	for q := range points {
		w := math.Exp(logs[q] - top)
		total += w
		sum += w * at[q]
	}
	m := sum / total
	for q := range points {
		squares += math.Exp(logs[q]-top) * (at[q] - m) * (at[q] - m)
	}
	return Ability{Mean: m, SE: math.Sqrt(squares / total)}
}

// MLE is the most likely ability, found between -bound and bound; ok is false where the answers, all right or all wrong,
// know no limit, or some item has a negative A. It needs no prior.
func MLE(answers []Answered, bound float64) (found Ability, ok bool) {
	slope := func(t float64) float64 { // falls in t
		s := 0.0
		for _, a := range answers {
			s += a.A * (indicator(a.Right) - a.Chance(t))
		}
		return s
	}
	if slices.ContainsFunc(answers, func(a Answered) bool { return a.A <= 0 }) {
		return Ability{}, false
	}
	low, high := -bound, bound
	if len(answers) == 0 || slope(low) <= 0 || slope(high) >= 0 {
		return Ability{}, false
	}
	for range 100 {
		middle := (low + high) / 2
		if slope(middle) > 0 {
			low = middle
		} else {
			high = middle
		}
	}
	found.Mean = (low + high) / 2
	information := 0.0
	for _, a := range answers {
		information += a.Information(found.Mean)
	}
	found.SE = 1 / math.Sqrt(information)
	return found, true
}

// Next are the places of the n items that tell most about the ability, the best first; of equals the earlier one. Items for
// which used holds are left out.
func Next(items []Item, used func(i int) bool, ability float64, n int) []int {
	var places []int
	for i := range items {
		if !used(i) {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, func(i, j int) int {
		switch a, b := items[i].Information(ability), items[j].Information(ability); {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	return places[:min(n, len(places))]
}

func logLikelihood(answers []Answered, ability float64) float64 {
	sum := 0.0
	for _, a := range answers {
		sum += logChance(a.A*(ability-a.B), a.Right)
	}
	return sum
}

// logChance is the logarithm of the chance of an answer, exact in both tails.
func logChance(z float64, right bool) float64 {
	if !right {
		z = -z
	}
	if z > 0 {
		return -math.Log1p(math.Exp(-z))
	}
	return z - math.Log1p(math.Exp(z))
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
