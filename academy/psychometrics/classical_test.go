package psychometrics_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"peakseat/academy/psychometrics"
)

func sheets(responses []psychometrics.Response) []psychometrics.Sheet {
	list := make([]psychometrics.Sheet, len(responses))
	for p, r := range responses {
		list[p] = make(psychometrics.Sheet, len(r))
		for i, mark := range r {
			if list[p][i] = float64(mark); mark == psychometrics.NotAsked {
				list[p][i] = math.NaN()
			}
		}
	}
	return list
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

// Facility, the correlation of each item with the others, and Cronbach's alpha, which for right and wrong is KR-20, as the
// package ltm of R prints them of the same data (descript(LSAT)).
func TestPublishedItemStatistics(t *testing.T) {
	t.Parallel()
	all := sheets(lsat6())
	stats := psychometrics.Items(all, ones(5))
	for i, want := range []struct{ facility, discrimination float64 }{{0.924, 0.1128}, {0.709, 0.1532}, {0.553, 0.1728}, {0.763, 0.1444}, {0.870, 0.1216}} {
		near(t, "facility", stats[i].Facility, want.facility, 0.0005)
		near(t, "discrimination", stats[i].Discrimination, want.discrimination, 0.0001)
	}
	near(t, "KR-20", psychometrics.Reliability(all, ones(5), 5), 0.2950, 0.0001)
	for i, want := range []float64{0.2754, 0.2376, 0.2168, 0.2459, 0.2663} { // without one item
		var points []float64
		var others []psychometrics.Sheet
		for _, s := range all {
			others = append(others, slices.Delete(slices.Clone(s), i, i+1))
		}
		points = ones(4)
		near(t, "KR-20 without an item", psychometrics.Reliability(others, points, 4), want, 0.0001)
	}
}

// The same figures by the textbook's other formulas, on answers of simulated people: KR-20 from facilities and the variance of
// sums, and the point-biserial from the means of those who were right and wrong.
func TestStatisticsEqualAnIndependentComputation(t *testing.T) {
	t.Parallel()
	const people, items = 400, 12
	random := rand.New(rand.NewPCG(4, 1))
	truth := drawItems(random, items)
	responses, _ := simulate(random, truth, people, items)
	all := sheets(responses)
	stats := psychometrics.Items(all, ones(items))
	sums := make([]float64, people)
	pq := 0.0
	for i := range items {
		right := 0.0
		for p := range all {
			right += all[p][i]
			sums[p] += all[p][i]
		}
		pq += right / people * (1 - right/people)
	}
	for i := range items {
		rest := make([]float64, people)
		var right, wrong []float64
		for p := range all {
			rest[p] = sums[p] - all[p][i]
			if all[p][i] == 1 {
				right = append(right, rest[p])
			} else {
				wrong = append(wrong, rest[p])
			}
		}
		facility := float64(len(right)) / people
		near(t, "facility", stats[i].Facility, facility, 1e-12)
		biserial := (average(right) - average(wrong)) / math.Sqrt(variance(rest)) * math.Sqrt(facility*(1-facility))
		near(t, "discrimination", stats[i].Discrimination, biserial, 1e-9)
	}
	near(t, "KR-20", psychometrics.Reliability(all, ones(items), items), items/(items-1.0)*(1-pq/variance(sums)), 1e-9)

	// those who had random halves of the items come to about the same
	for p := range all {
		for _, i := range random.Perm(items)[:items/2] {
			all[p][i] = math.NaN()
		}
	}
	for i, s := range psychometrics.Items(all, ones(items)) {
		near(t, "facility of half the people", s.Facility, stats[i].Facility, 0.1)
	}
	halves, whole := psychometrics.Reliability(all, ones(items), items), items/(items-1.0)*(1-pq/variance(sums))
	near(t, "KR-20 from random forms", halves, whole, 0.1)
}

// An item with the wrong key is found by its discrimination, and who chose what shows why.
func TestWrongKeyIsSeen(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 2))
	truth := drawItems(random, 20)
	truth[7] = psychometrics.Item{A: 1.5, B: 0}
	responses, _ := simulate(random, truth, 500, 20)
	all := sheets(responses)
	var choices []psychometrics.Choice
	for p := range all {
		answer := "1" // what those who know say, though the key wants "0"
		if all[p][7] == 0 {
			answer = "0"
		}
		all[p][7] = 1 - all[p][7]
		choices = append(choices, psychometrics.Choice{Answer: answer, Rest: psychometrics.Rest(all[p], ones(20), 7)})
	}
	for i, s := range psychometrics.Items(all, ones(20)) {
		if (s.Discrimination < 0) != (i == 7) {
			t.Errorf("item %d discriminates %.2f", i, s.Discrimination)
		}
	}
	table := psychometrics.Distractors(choices)
	if len(table) != 2 {
		t.Fatalf("the table is %v", table)
	}
	for _, d := range table {
		if (d.Discrimination > 0) != (d.Answer == "1") || (d.Upper > d.Lower) != (d.Answer == "1") {
			t.Errorf("%+v", d)
		}
	}
	near(t, "share of all answers", table[0].Share+table[1].Share, 1, 1e-12)
}

// Nothing is said where nothing can be.
func TestFewAnswersSayNothing(t *testing.T) {
	t.Parallel()
	nobody := psychometrics.Items(nil, ones(1))[0]
	if !math.IsNaN(nobody.Facility) || !math.IsNaN(nobody.Discrimination) || nobody.Count != 0 {
		t.Errorf("%+v", nobody)
	}
	alike := []psychometrics.Sheet{{1, 0}, {1, 1}, {1, 0}}
	if s := psychometrics.Items(alike, ones(2)); s[0].Facility != 1 || !math.IsNaN(s[0].Discrimination) {
		t.Errorf("%+v", s)
	}
	if r := psychometrics.Reliability([]psychometrics.Sheet{{1, 1}}, ones(2), 2); !math.IsNaN(r) {
		t.Errorf("one person makes a reliability of %f", r)
	}
}

func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func variance(x []float64) float64 {
	m, sum := average(x), 0.0
	for _, v := range x {
		sum += (v - m) * (v - m)
	}
	return sum / float64(len(x))
}
