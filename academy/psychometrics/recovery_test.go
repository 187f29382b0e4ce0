package psychometrics_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"peakseat/academy/psychometrics"
)

func drawItems(random *rand.Rand, n int) []psychometrics.Item {
	items := make([]psychometrics.Item, n)
	for i := range items {
		items[i] = psychometrics.Item{A: math.Exp(0.3 * random.NormFloat64()), B: random.NormFloat64()}
	}
	return items
}

// simulate has people of standard normal ability answer asked items each, drawn at random.
func simulate(random *rand.Rand, items []psychometrics.Item, people, asked int) (responses []psychometrics.Response, abilities []float64) {
	for range people {
		ability := random.NormFloat64()
		r := make(psychometrics.Response, len(items))
		for n, i := range random.Perm(len(items)) {
			switch {
			case n >= asked:
				r[i] = psychometrics.NotAsked
			case random.Float64() < items[i].Chance(ability):
				r[i] = psychometrics.Right
			default:
				r[i] = psychometrics.Wrong
			}
		}
		responses, abilities = append(responses, r), append(abilities, ability)
	}
	return responses, abilities
}

// Simulated people's answers give back the items that they were drawn from: within 0.12 to 0.15 (root of the mean square), and within as much as
// the standard errors say.
func TestParametersAreRecovered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		model   psychometrics.Model
		asked   int
		options psychometrics.Options
		within  float64
	}{
		{"two parameters", psychometrics.TwoPL, 30, psychometrics.Options{}, 0.12},
		{"random forms, with priors", psychometrics.TwoPL, 20, psychometrics.Options{SpreadLogA: 0.5, SpreadB: 3}, 0.15},
		{"Rasch", psychometrics.Rasch, 30, psychometrics.Options{Model: psychometrics.Rasch}, 0.12},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(7, uint64(c.asked)))
			truth := drawItems(random, 30)
			if c.model == psychometrics.Rasch {
				for i := range truth {
					truth[i].A = 1.2
				}
			}
			responses, abilities := simulate(random, truth, 2000, c.asked)
			got, err := psychometrics.Calibrate(responses, len(truth), c.options)
			if err != nil {
				t.Fatal(err)
			}
			var a, b, za, zb []float64
			for i, item := range got.Items {
				a, b = append(a, item.A-truth[i].A), append(b, item.B-truth[i].B)
				za, zb = append(za, (item.A-truth[i].A)/item.SEA), append(zb, (item.B-truth[i].B)/item.SEB)
			}
			rounds := got.Rounds
			t.Logf("%d rounds; rms error of a %.3f, of b %.3f; in standard errors %.2f and %.2f", rounds, rms(a), rms(b), rms(za), rms(zb))
			if rms(a) > c.within || rms(b) > c.within {
				t.Errorf("rms error of a %.3f, of b %.3f, want at most %.2f", rms(a), rms(b), c.within)
			}
			if c.model == psychometrics.TwoPL && (rms(za) < 0.6 || rms(za) > 1.4) || rms(zb) < 0.6 || rms(zb) > 1.4 {
				t.Errorf("errors are %.2f and %.2f standard errors, want about 1", rms(za), rms(zb))
			}

			var miss, said []float64
			for p, r := range responses {
				e := psychometrics.EAP(answered(got.Items, r), psychometrics.Ability{SE: 1})
				miss, said = append(miss, e.Mean-abilities[p]), append(said, e.SE)
			}
			if ratio := rms(miss) / rms(said); ratio < 0.93 || ratio > 1.07 {
				t.Errorf("abilities are off by %.3f, and said to be by %.3f", rms(miss), rms(said))
			}
		})
	}
}

func answered(items []psychometrics.Item, r psychometrics.Response) (list []psychometrics.Answered) {
	for i, mark := range r {
		if mark != psychometrics.NotAsked {
			list = append(list, psychometrics.Answered{Item: items[i], Right: mark == psychometrics.Right})
		}
	}
	return list
}

// The right next questions tell more: fifteen that are chosen say as much as twice as many that are not.
func TestChosenItemsTellMore(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 9))
	bank := drawItems(random, 200)
	var chosen, drawn, double []float64
	for range 400 {
		ability := random.NormFloat64()
		sit := func(length int, next func(used map[int]bool, at float64) int) float64 {
			used, e := map[int]bool{}, psychometrics.Ability{SE: 1}
			var answers []psychometrics.Answered
			for range length {
				i := next(used, e.Mean)
				used[i] = true
				answers = append(answers, psychometrics.Answered{Item: bank[i], Right: random.Float64() < bank[i].Chance(ability)})
				e = psychometrics.EAP(answers, psychometrics.Ability{SE: 1})
			}
			return e.Mean - ability
		}
		anyItem := func(used map[int]bool, _ float64) int {
			for {
				if i := random.IntN(len(bank)); !used[i] {
					return i
				}
			}
		}
		chosen = append(chosen, sit(15, func(used map[int]bool, at float64) int {
			return psychometrics.Next(bank, func(i int) bool { return used[i] }, at, 1)[0]
		}))
		drawn, double = append(drawn, sit(15, anyItem)), append(double, sit(30, anyItem))
	}
	t.Logf("rms error: 15 chosen %.3f, 15 drawn %.3f, 30 drawn %.3f", rms(chosen), rms(drawn), rms(double))
	if rms(chosen) > rms(double) {
		t.Errorf("15 chosen items leave an error of %.3f, 30 drawn ones %.3f", rms(chosen), rms(double))
	}
}

// The most likely ability is the one where what was earned equals what was to be expected, and the spread of the posterior nears
// its standard error as answers grow.
func TestMostLikelyAbility(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(7, 10))
	var answers []psychometrics.Answered
	for _, item := range drawItems(random, 300) {
		answers = append(answers, psychometrics.Answered{Item: item, Right: random.Float64() < item.Chance(0.7)})
	}
	m, ok := psychometrics.MLE(answers, 6)
	if !ok {
		t.Fatal("there is no most likely ability")
	}
	balance := 0.0
	for _, a := range answers {
		balance -= a.A * a.Chance(m.Mean)
		if a.Right {
			balance += a.A
		}
	}
	near(t, "what was earned but not expected", balance, 0, 1e-6)
	e := psychometrics.EAP(answers, psychometrics.Ability{SE: 1})
	near(t, "mean", e.Mean, m.Mean, 0.03)
	near(t, "standard error", e.SE, m.SE, 0.005)
	for i := range answers {
		answers[i].Right = true
	}
	if _, ok := psychometrics.MLE(answers, 6); ok {
		t.Error("who is always right has no most likely ability")
	}
	if none := psychometrics.EAP(nil, psychometrics.Ability{Mean: 1, SE: 2}); math.Abs(none.Mean-1) > 1e-9 || math.Abs(none.SE-2) > 0.01 {
		t.Errorf("without answers one knows %+v", none)
	}
}

func TestNoEstimateIsSaid(t *testing.T) {
	t.Parallel()
	always := []psychometrics.Response{{1, 0}, {1, 1}, {1, 0}, {1, 1}}
	if _, err := psychometrics.Calibrate(always, 2, psychometrics.Options{}); !errors.Is(err, psychometrics.ErrNoEstimate) {
		t.Errorf("an item that all answered right: %v", err)
	}
	c, err := psychometrics.Calibrate(always, 2, psychometrics.Options{SpreadLogA: 0.5, SpreadB: 3})
	if err != nil || c.Items[0].B > c.Items[1].B {
		t.Errorf("with priors: %+v %v", c, err)
	}
	if got := psychometrics.Next([]psychometrics.Item{{A: 1, B: 3}, {A: 1, B: 0}, {A: 1, B: 0}}, func(i int) bool { return i == 1 }, 0, 5); !slices.Equal(got, []int{2, 0}) {
		t.Errorf("the next items are %v", got)
	}
}

func rms(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return math.Sqrt(sum / float64(len(x)))
}
