package psychometrics_test

import (
	"math"
	"testing"

	"peakseat/academy/psychometrics"
)

// lsat6 are the answers of 1,000 people to section 6 of the Law School Admission Test: five items, and how many gave each
// pattern of answers. Bock and Lieberman, Fitting a response model for n dichotomously scored items, Psychometrika 35 (1970),
// 179-197.
func lsat6() []psychometrics.Response {
	counts := []int{3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298}
	var list []psychometrics.Response
	for pattern, count := range counts {
		for range count {
			r := make(psychometrics.Response, 5)
			for i := range r {
				r[i] = psychometrics.Mark(pattern >> (4 - i) & 1)
			}
			list = append(list, r)
		}
	}
	return list
}

// The estimates are those of an independent program on the same data: the package ltm of R, as its documentation and
// Rizopoulos, ltm: An R package for latent variable modeling and item response theory analyses, Journal of Statistical
// Software 17(5), 2006, print them.
func TestPublishedExampleTwoPL(t *testing.T) {
	t.Parallel()
	c, err := psychometrics.Calibrate(lsat6(), 5, psychometrics.Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", c.LogLikelihood, -2466.653, 0.001)
	for i, want := range []psychometrics.Item{
		{A: 0.8254, B: -3.3597, SEA: 0.2581, SEB: 0.8669},
		{A: 0.7229, B: -1.3696, SEA: 0.1867, SEB: 0.3073},
		{A: 0.8905, B: -0.2799, SEA: 0.2326, SEB: 0.0997},
		{A: 0.6886, B: -1.8659, SEA: 0.1852, SEB: 0.4341},
		{A: 0.6575, B: -3.1236, SEA: 0.2100, SEB: 0.8700},
	} {
		near(t, "a", c.Items[i].A, want.A, 0.001)
		near(t, "b", c.Items[i].B, want.B, 0.004)
		near(t, "standard error of a", c.Items[i].SEA/want.SEA, 1, 0.1) // theirs is of the observed information
		near(t, "standard error of b", c.Items[i].SEB/want.SEB, 1, 0.1)
	}
}

func TestPublishedExampleRasch(t *testing.T) {
	t.Parallel()
	c, err := psychometrics.Calibrate(lsat6(), 5, psychometrics.Options{Model: psychometrics.Rasch})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "log-likelihood", c.LogLikelihood, -2466.938, 0.001)
	for i, b := range []float64{-3.615, -1.322, -0.318, -1.730, -2.780} {
		near(t, "a", c.Items[i].A, 0.755, 0.001)
		near(t, "b", c.Items[i].B, b, 0.002)
	}
}

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if !(math.Abs(got-want) <= by) {
		t.Errorf("%s is %.5f, want %.5f within %g", what, got, want, by)
	}
}
