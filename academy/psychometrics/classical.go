package psychometrics

import (
	"math"
	"slices"
)

// Sheet is what one examinee earned of each item, from 0 to 1; NaN where the item was not on the form.
type Sheet []float64

// ItemStatistics are of one item. Figures that nobody's answers tell are NaN.
type ItemStatistics struct {
	Count          int     // examinees who had it
	Facility       float64 // the mean of what they earned, 0 to 1
	Discrimination float64 // correlation with the rest of the form, -1 to 1
}

// Items are the statistics of all items. points is what each is worth; the rest of a form counts by points.
func Items(sheets []Sheet, points []float64) []ItemStatistics {
	list := make([]ItemStatistics, len(points))
	for i := range points {
		var own, rest []float64
		for _, sheet := range sheets {
			if math.IsNaN(sheet[i]) {
				continue
			}
			own = append(own, sheet[i])
			rest = append(rest, Rest(sheet, points, i))
		}
		list[i] = ItemStatistics{Count: len(own), Facility: mean(own), Discrimination: correlation(own, rest)}
	}
	return list
}

// Rest is the share of the points that an examinee earned on all items but one; -1 leaves none out. NaN: there are no others.
func Rest(sheet Sheet, points []float64, but int) float64 {
	var earned, of float64
	for i, share := range sheet {
		if i != but && !math.IsNaN(share) {
			earned += share * points[i]
			of += points[i]
		}
	}
	return earned / of // 0/0 is NaN
}

// Reliability is KR-20 of forms of length items, and Cronbach's alpha where items earn part marks. With the mean variance of
// an item, v, and the mean covariance of two, c, over those who had both, it is kc / (v + (k-1)c): for forms that everybody
// had, the textbook's k/(k-1) (1 - sum of variances / variance of sums). NaN where answers do not tell.
func Reliability(sheets []Sheet, points []float64, length int) float64 {
	var variances, covariances float64
	items, pairs := 0, 0
	for i := range points {
		for j := range i + 1 {
			n, sx, sy, sxy := 0.0, 0.0, 0.0, 0.0
			for _, sheet := range sheets {
				x, y := sheet[i]*points[i], sheet[j]*points[j]
				if math.IsNaN(x) || math.IsNaN(y) {
					continue
				}
				n, sx, sy, sxy = n+1, sx+x, sy+y, sxy+x*y
			}
			if n < 2 {
				continue
			}
			covariance := sxy/n - sx/n*sy/n
			if i == j {
				variances, items = variances+covariance, items+1
			} else {
				covariances, pairs = covariances+covariance, pairs+1
			}
		}
	}
	if length < 2 || items == 0 || pairs == 0 || variances == 0 {
		return math.NaN()
	}
	k, v, c := float64(length), variances/float64(items), covariances/float64(pairs)
	return k * c / (v + (k-1)*c)
}

// Choice is what an examinee answered to an item, and how they did on the rest of the form.
type Choice struct {
	Answer string  // "" is none
	Rest   float64 // as Rest gives it
}

// Distractor is one answer to an item.
type Distractor struct {
	Answer string
	Count  int
	Share  float64 // of all who had the item
	Upper  float64 // share among the 27% who did best on the rest
	Lower  float64 // share among the 27% who did worst
	// Discrimination is the correlation of giving this answer with the rest: positive for a right answer that works,
	// negative for a wrong one that does.
	Discrimination float64
}

// Distractors are the answers to an item, the most frequent first, and those of equal frequency in the order of their texts.
func Distractors(choices []Choice) []Distractor {
	ranked := slices.DeleteFunc(slices.Clone(choices), func(c Choice) bool { return math.IsNaN(c.Rest) })
	slices.SortStableFunc(ranked, func(a, b Choice) int {
		switch {
		case a.Rest < b.Rest:
			return -1
		case a.Rest > b.Rest:
			return 1
		}
		return 0
	})
	group := int(math.Round(0.27 * float64(len(ranked))))
	lower, upper := ranked[:group], ranked[len(ranked)-group:]
	counts := map[string]int{}
	for _, c := range choices {
		counts[c.Answer]++
	}
	list := make([]Distractor, 0, len(counts))
	for answer, count := range counts {
		var chose, rest []float64
		for _, c := range choices {
			chose, rest = append(chose, indicator(c.Answer == answer)), append(rest, c.Rest)
		}
		list = append(list, Distractor{
			Answer: answer, Count: count, Share: float64(count) / float64(len(choices)),
			Upper: shareOf(upper, answer), Lower: shareOf(lower, answer), Discrimination: correlation(chose, rest),
		})
	}
	slices.SortFunc(list, func(a, b Distractor) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		if a.Answer < b.Answer {
			return -1
		}
		return 1
	})
	return list
}

func shareOf(group []Choice, answer string) float64 {
	count := 0.0
	for _, c := range group {
		count += indicator(c.Answer == answer)
	}
	return count / float64(len(group))
}

// correlation is Pearson's over the pairs without NaN; NaN where one of the two does not vary.
func correlation(x, y []float64) float64 {
	var n, mx, my float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			n, mx, my = n+1, mx+x[i], my+y[i]
		}
	}
	mx, my = mx/n, my/n
	var sxx, syy, sxy float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			dx, dy := x[i]-mx, y[i]-my
			sxx, syy, sxy = sxx+dx*dx, syy+dy*dy, sxy+dx*dy
		}
	}
	const least = 1e-12 // less is rounding
	if !(sxx > least) || !(syy > least) {
		return math.NaN()
	}
	return sxy / math.Sqrt(sxx*syy)
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
