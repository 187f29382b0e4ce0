package planner

import "math"

// Performance is how a number of seats does under a load, in steady state.
// Shares are 0 to 1 of all arrivals, those who give up included.
type Performance struct {
	ServiceLevel    float64 // answered within the threshold
	PWait           float64 // every seat busy on arrival
	MeanWaitSeconds float64 // of all arrivals, whether answered or not
	Occupancy       float64 // share of a seat's time spent on contacts
	PAbandon        float64 // gave up; 0 in Erlang C
}

// ErlangB returns the share of arrivals that find all seats busy where nobody
// waits. The load is in erlangs and positive.
//
// It is the recursion B(n) = load B(n-1) / (n + load B(n-1)), B(0) = 1. Below
// the load each step multiplies the relative error of 1/B by n/load, so starting m seats
// below the load leaves at most exp(-m^2 / 2 load) of whatever error the first
// guess had. With m = 9.5 sqrt(load) that is e^-45, far below the last bit of a
// float64, and a load of 100,000 takes thousands of steps and not a hundred thousand.
func ErlangB(load float64, seats int) float64 {
	blocked := 1.0
	start := int(math.Min(float64(seats), math.Floor(load)) - math.Ceil(9.5*math.Sqrt(load)))
	if start > 0 {
		blocked = 1 - float64(start)/load
	} else {
		start = 0
	}
	for n := start + 1; n <= seats && blocked > 0; n++ {
		blocked = nextB(load, n, blocked)
	}
	return blocked
}

// ErlangC returns the performance of seats under load erlangs of contacts that
// take handling seconds each and wait as long as it takes. Where the seats do
// not exceed the load the queue grows without end: the service level is 0 and
// the mean wait infinite.
func ErlangC(load, handling, threshold float64, seats int) Performance {
	return waiting(load, handling, threshold, seats, ErlangB(load, seats))
}

// ErlangA returns the performance of seats under load erlangs of contacts that
// take handling seconds each and give up after an exponential time of mean
// patience seconds.
//
// With x = arrivals in one mean patience and s = answers in one mean patience
// by all seats, the probability of k waiting is that of 0 waiting times
// r(k) = x^k / ((s+1)...(s+k)). The time V that an endlessly patient arrival
// would wait has the density  lambda p(N-1) exp(phi(v)),
// phi(v) = x (1 - exp(-v/patience)) - s v/patience, and beyond the threshold T
// the same queue goes on with x' = x exp(-T/patience). So the share answered
// later than T is p(N-1) exp(phi(T)) sum of r'(k) from k = 1, and the service
// level is what neither gave up nor was late.
func ErlangA(load, handling, patience, threshold float64, seats int) Performance {
	n := float64(seats)
	x, s := load*patience/handling, n*patience/handling
	queue := queueSums(x, s)

	// Everything is in units of exp(queue.scale) p(N-1).
	one := math.Exp(-queue.scale)
	busy := load / n * (one + queue.sum)
	all := one/ErlangB(load, seats-1) + busy

	abandon := load / n * queue.moment / all / x
	late := 0.0
	if tail := queueSums(x*math.Exp(-threshold/patience), s); tail.sum > 0 {
		phi := -x*math.Expm1(-threshold/patience) - s*threshold/patience
		late = math.Exp(phi+tail.scale-queue.scale) * tail.sum / all
	}
	return Performance{
		ServiceLevel:    clamp(1 - abandon - late),
		PWait:           clamp(busy / all),
		MeanWaitSeconds: abandon * patience,
		Occupancy:       clamp(load * (1 - abandon) / n),
		PAbandon:        clamp(abandon),
	}
}

// waiting is ErlangC where the blocking of Erlang B is known.
func waiting(load, handling, threshold float64, seats int, blocked float64) Performance {
	spare := float64(seats) - load
	if spare <= 0 {
		return Performance{PWait: 1, MeanWaitSeconds: math.Inf(1), Occupancy: 1}
	}
	wait := float64(seats) * blocked / (float64(seats) - load*(1-blocked))
	return Performance{
		ServiceLevel:    clamp(1 - wait*math.Exp(-spare*threshold/handling)),
		PWait:           clamp(wait),
		MeanWaitSeconds: wait * handling / spare,
		Occupancy:       load / float64(seats),
	}
}

func nextB(load float64, n int, blocked float64) float64 {
	return load * blocked / (float64(n) + load*blocked)
}

// sums holds the sums of r(k) and k r(k) over k >= 1, both divided by exp(scale).
type sums struct{ scale, sum, moment float64 }

// queueSums adds r(k) = x^k / ((s+1)...(s+k)) outwards from its largest term,
// taken as 1, until the terms no longer count. Under too few seats that term can
// be exp(100,000), which is why it is kept as a logarithm; with enough seats
// the first term is the largest and the scale is exactly 0.
func queueSums(x, s float64) sums {
	const negligible = 1e-18
	peak := math.Max(0, math.Floor(x-s))
	var out sums
	if peak > 0 {
		top, _ := math.Lgamma(s + peak + 1)
		bottom, _ := math.Lgamma(s + 1)
		out = sums{scale: peak*math.Log(x) - top + bottom, sum: 1, moment: peak}
	}
	for k, term := peak+1, 1.0; ; k++ {
		term *= x / (s + k)
		out.sum += term
		out.moment += k * term
		if term <= negligible*out.sum {
			break
		}
	}
	for k, term := peak, 1.0; k > 1; k-- {
		term *= (s + k) / x
		out.sum += term
		out.moment += (k - 1) * term
		if term <= negligible*out.sum {
			break
		}
	}
	return out
}

// clamp keeps a share within 0 and 1, which rounding can leave by a last bit.
func clamp(share float64) float64 {
	return math.Max(0, math.Min(1, share))
}
