package psychometrics

import (
	"errors"
	"math"
)

// Model says what is estimated of an item.
type Model int

// The models.
const (
	TwoPL Model = iota // a and b of each item
	Rasch              // b of each item, one a for all
)

// Response is what one examinee answered to each item.
type Response []Mark

// Mark is whether an item was answered right.
type Mark int8

// The marks.
const (
	NotAsked Mark = iota - 1
	Wrong
	Right
)

// Options of a calibration. The zero Options are maximum likelihood without priors.
type Options struct {
	Model Model
	// SpreadLogA and SpreadB are the standard deviations of normal priors of log a about 0 and of the intercept -ab about 0; 0 is
	// no prior. Without them few answers, or an item that everybody answers alike, have no finite estimate.
	SpreadLogA, SpreadB float64
	// Told, where it is not nil, hears after each round how far the estimate is, 0 to 1; what it returns ends it.
	Told func(share float64) error
}

// Calibration is what answers say of items.
type Calibration struct {
	Items         []Item
	LogLikelihood float64 // of the answers, without priors
	Rounds        int
}

// ErrNoEstimate tells that the answers have no finite estimate: an item that everybody answered alike or nobody had, or, in
// the two-parameter model, too few answers. With priors there always is one.
var ErrNoEstimate = errors.New("psychometrics: the answers have no finite estimate")

// The integral over abilities is a sum over a grid; a finer one changes no decimal that is shown.
const (
	gridPoints = 81
	gridReach  = 6.0
	maxRounds  = 5000
	converged  = 1e-6 // change of every parameter in a round
	maxSlope   = 20.0
)

// Calibrate estimates the items' parameters.
func Calibrate(responses []Response, items int, o Options) (*Calibration, error) {
	e := newEM(responses, items, o)
	if o.SpreadB == 0 {
		for i := range items {
			if e.right[i] == 0 || e.right[i] == e.asked[i] {
				return nil, ErrNoEstimate
			}
		}
	}
	for e.rounds = 1; ; e.rounds++ {
		e.expect()
		change := e.maximize()
		if math.IsNaN(change) || e.rounds == maxRounds {
			return nil, ErrNoEstimate
		}
		for i := range items {
			if math.Abs(e.a[i]) > maxSlope {
				return nil, ErrNoEstimate
			}
		}
		if change < converged {
			break
		}
		if o.Told != nil {
			if err := o.Told(near(change)); err != nil {
				return nil, err
			}
		}
	}
	e.expect()
	c := &Calibration{Items: make([]Item, items), LogLikelihood: e.logLikelihood, Rounds: e.rounds}
	covariance := e.covariance()
	for i := range items {
		a, d := e.a[i], e.d[i]
		c.Items[i] = Item{A: a, B: -d / a}
		if covariance == nil {
			continue
		}
		ai, di := e.slot(i), e.intercept(i)
		va, vd, cad := covariance[ai][ai], covariance[di][di], covariance[ai][di]
		c.Items[i].SEA = math.Sqrt(va)
		c.Items[i].SEB = math.Sqrt(vd/(a*a) + d*d*va/(a*a*a*a) - 2*d*cad/(a*a*a)) // b = -d/a, by the delta method
	}
	return c, nil
}

// near is how far a change of parameters is on its way down to what counts as none, by its logarithm.
func near(change float64) float64 { return max(0, min(1, math.Log(change)/math.Log(converged))) }

// em is one estimation under way, in slope a and intercept d = -ab.
type em struct {
	responses     []Response
	options       Options
	a, d          []float64
	asked, right  []float64
	at, prior     []float64   // abilities of the grid, and the logarithms of their weights
	n, r          [][]float64 // by item and grid point: who had it, and who of them was right, as expected
	logLikelihood float64
	posterior     []float64
	rounds        int
}

func newEM(responses []Response, items int, o Options) *em {
	e := &em{
		responses: responses, options: o,
		a: make([]float64, items), d: make([]float64, items), asked: make([]float64, items), right: make([]float64, items),
		at: make([]float64, gridPoints), prior: make([]float64, gridPoints), posterior: make([]float64, gridPoints),
		n: make([][]float64, items), r: make([][]float64, items),
	}
	total := 0.0
	for q := range gridPoints {
		e.at[q] = gridReach * (2*float64(q)/(gridPoints-1) - 1)
		total += math.Exp(-e.at[q] * e.at[q] / 2)
	}
	for q := range gridPoints {
		e.prior[q] = -e.at[q]*e.at[q]/2 - math.Log(total)
	}
	for _, response := range responses {
		for i, mark := range response {
			e.asked[i] += indicator(mark != NotAsked)
			e.right[i] += indicator(mark == Right)
		}
	}
	for i := range items {
		p := (e.right[i] + 0.5) / (e.asked[i] + 1)
		e.a[i], e.d[i] = 1, math.Log(p/(1-p))
		e.n[i], e.r[i] = make([]float64, gridPoints), make([]float64, gridPoints)
	}
	return e
}

// expect shares every examinee out over the grid.
func (e *em) expect() {
	rights, wrongs := make([][]float64, len(e.a)), make([][]float64, len(e.a))
	for i := range e.a {
		clear(e.n[i])
		clear(e.r[i])
		rights[i], wrongs[i] = make([]float64, gridPoints), make([]float64, gridPoints)
		for q, t := range e.at {
			rights[i][q], wrongs[i][q] = logChance(e.a[i]*t+e.d[i], true), logChance(e.a[i]*t+e.d[i], false)
		}
	}
	e.logLikelihood = 0
	for _, response := range e.responses {
		e.logLikelihood += e.locate(response, rights, wrongs)
		for i, mark := range response {
			if mark == NotAsked {
				continue
			}
			for q, w := range e.posterior {
				e.n[i][q] += w
			}
			if mark == Right {
				for q, w := range e.posterior {
					e.r[i][q] += w
				}
			}
		}
	}
}

// locate fills posterior for an examinee and returns the logarithm of the chance of the answers.
func (e *em) locate(response Response, rights, wrongs [][]float64) float64 {
	copy(e.posterior, e.prior)
	for i, mark := range response {
		logs := rights[i]
		switch mark {
		case NotAsked:
			continue
		case Wrong:
			logs = wrongs[i]
		case Right:
		}
		for q := range e.posterior {
			e.posterior[q] += logs[q]
		}
	}
	top, sum := math.Inf(-1), 0.0
	for _, l := range e.posterior {
		top = max(top, l)
	}
	for q, l := range e.posterior {
		e.posterior[q] = math.Exp(l - top)
		sum += e.posterior[q]
	}
	for q := range e.posterior {
		e.posterior[q] /= sum
	}
	return top + math.Log(sum)
}

// maximize takes Newton's steps towards the parameters that explain the shares best, and returns the largest change.
func (e *em) maximize() (change float64) {
	const steps = 4
	was := append(append([]float64{}, e.a...), e.d...)
	for range steps {
		var slope, curve float64 // of the common a
		for i := range e.a {
			ga, gd, haa, had, hdd := e.derivatives(i)
			if e.options.Model == Rasch {
				e.d[i] += bounded(gd / hdd)
				slope, curve = slope+ga, curve+haa
				continue
			}
			pa, pc := e.priorOfA(e.a[i])
			ga, haa = ga+pa, haa+pc
			det := haa*hdd - had*had
			da, dd := (hdd*ga-had*gd)/det, (haa*gd-had*ga)/det
			if scale := max(math.Abs(da), math.Abs(dd)); scale > 1 {
				da, dd = da/scale, dd/scale
			}
			if e.options.SpreadLogA > 0 && e.a[i]+da <= 0 {
				da = -e.a[i] / 2
			}
			e.a[i], e.d[i] = e.a[i]+da, e.d[i]+dd
		}
		if e.options.Model == Rasch {
			pa, pc := e.priorOfA(e.a[0])
			common := e.a[0] + bounded((slope+pa)/(curve+pc))
			if common <= 0 {
				common = e.a[0] / 2
			}
			for i := range e.a {
				e.a[i] = common
			}
		}
	}
	for i, now := range append(append([]float64{}, e.a...), e.d...) {
		change = max(change, math.Abs(now-was[i]))
		if math.IsNaN(now) {
			return now
		}
	}
	return change
}

// derivatives are of what the shares say of an item, with the prior of d: the gradient, and minus the matrix of second
// derivatives, which is positive.
func (e *em) derivatives(i int) (ga, gd, haa, had, hdd float64) {
	for q, t := range e.at {
		p := logistic(e.a[i]*t + e.d[i])
		miss, w := e.r[i][q]-e.n[i][q]*p, e.n[i][q]*p*(1-p)
		ga, gd = ga+miss*t, gd+miss
		haa, had, hdd = haa+w*t*t, had+w*t, hdd+w
	}
	if s := e.options.SpreadB; s > 0 {
		gd, hdd = gd-e.d[i]/(s*s), hdd+1/(s*s)
	}
	return ga, gd, haa, had, hdd
}

// priorOfA is the gradient of the prior of log a, and what it adds to the curvature: enough for a step that never overshoots.
func (e *em) priorOfA(a float64) (gradient, curve float64) {
	s := e.options.SpreadLogA
	if s == 0 {
		return 0, 0
	}
	l := math.Log(a)
	return -l / (a * s * s), max(1, 1-l) / (a * a * s * s)
}

// slot and intercept are where an item's parameters stand in the information matrix.
func (e *em) slot(i int) int {
	if e.options.Model == Rasch {
		return len(e.a)
	}
	return len(e.a) + i
}

func (e *em) intercept(i int) int { return i }

// covariance is the inverse of the empirical information: the sum over examinees of the products of their scores; nil where it
// has none.
func (e *em) covariance() [][]float64 {
	size := 2 * len(e.a)
	if e.options.Model == Rasch {
		size = len(e.a) + 1
	}
	information := make([][]float64, size)
	for i := range information {
		information[i] = make([]float64, size)
	}
	rights, wrongs, chances := make([][]float64, len(e.a)), make([][]float64, len(e.a)), make([][]float64, len(e.a))
	for i := range e.a {
		rights[i], wrongs[i], chances[i] = make([]float64, gridPoints), make([]float64, gridPoints), make([]float64, gridPoints)
		for q, t := range e.at {
			z := e.a[i]*t + e.d[i]
			rights[i][q], wrongs[i][q], chances[i][q] = logChance(z, true), logChance(z, false), logistic(z)
		}
		if s := e.options.SpreadB; s > 0 {
			information[e.intercept(i)][e.intercept(i)] += 1 / (s * s)
		}
		if s := e.options.SpreadLogA; s > 0 && (e.options.Model == TwoPL || i == 0) {
			information[e.slot(i)][e.slot(i)] += 1 / (e.a[i] * e.a[i] * s * s)
		}
	}
	score := make([]float64, size)
	for _, response := range e.responses {
		e.locate(response, rights, wrongs)
		clear(score)
		for i, mark := range response {
			if mark == NotAsked {
				continue
			}
			for q, w := range e.posterior {
				miss := w * (indicator(mark == Right) - chances[i][q])
				score[e.slot(i)] += miss * e.at[q]
				score[e.intercept(i)] += miss
			}
		}
		for i, x := range score {
			if x == 0 { // an item that was not asked
				continue
			}
			for j, y := range score {
				information[i][j] += x * y
			}
		}
	}
	return inverse(information)
}

// inverse is of a symmetric positive matrix, by Cholesky's decomposition; nil where it is not positive.
func inverse(m [][]float64) [][]float64 {
	n := len(m)
	lower := make([][]float64, n)
	for i := range m {
		lower[i] = make([]float64, n)
		for j := range i + 1 {
			sum := m[i][j]
			for k := range j {
				sum -= lower[i][k] * lower[j][k]
			}
			switch {
			case i != j:
				lower[i][j] = sum / lower[j][j]
			case sum <= 1e-12*m[i][i]:
				return nil
			default:
				lower[i][i] = math.Sqrt(sum)
			}
		}
	}
	inv := make([][]float64, n)
	for i := range inv {
		inv[i] = make([]float64, n)
	}
	column := make([]float64, n)
	for c := range n {
		for i := range n {
			sum := indicator(i == c)
			for k := range i {
				sum -= lower[i][k] * column[k]
			}
			column[i] = sum / lower[i][i]
		}
		for i := n - 1; i >= 0; i-- {
			sum := column[i]
			for k := i + 1; k < n; k++ {
				sum -= lower[k][i] * inv[k][c]
			}
			inv[i][c] = sum / lower[i][i]
		}
	}
	return inv
}

func bounded(step float64) float64 { return max(-1, min(1, step)) }
