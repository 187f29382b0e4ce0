package marking

import (
	"math"
	"slices"
)

// Response is an answer as the comparison of two attempts sees it.
type Response struct {
	Question string // its version's id
	Key      string // of the answer; "": none
	Wrong    bool   // it earned nothing
}

// Likeness is what two attempts at the same questions share.
type Likeness struct {
	Questions int     `json:"questions" doc:"that both answered"`
	BothWrong int     `json:"both_wrong" doc:"of these, answered wrong by both"`
	SameWrong int     `json:"same_wrong" doc:"of these, with the same wrong answer"`
	Expected  float64 `json:"expected" doc:"same wrong answers to expect of two who never met"`
	Chance    float64 `json:"chance" doc:"of at least as many same wrong answers by coincidence"`
}

// Group is how often which wrong answer was given by all who are compared.
type Group struct {
	wrong map[string]map[string]int
	total map[string]int
}

// NewGroup counts the wrong answers of all attempts.
func NewGroup(attempts [][]Response) *Group {
	g := &Group{wrong: map[string]map[string]int{}, total: map[string]int{}}
	for _, a := range attempts {
		for _, r := range a {
			if r.Wrong && r.Key != "" {
				if g.wrong[r.Question] == nil {
					g.wrong[r.Question] = map[string]int{}
				}
				g.wrong[r.Question][r.Key]++
				g.total[r.Question]++
			}
		}
	}
	return g
}

// Compare is error-similarity analysis (Bellezza and Bellezza, Detection of cheating on multiple-choice tests by using
// error-similarity analysis, Teaching of Psychology 16(3), 1989, 151-155): given what both answered wrong, how likely is
// it that at least so many wrong answers are the same? Right answers say nothing and are not counted. The chance that two
// wrong answers to a question agree is not one constant, as it is there, but the question's own: of all pairs of others in
// the group who answered it wrong, the share that agrees, with one agreeing pair more, so that a small group accuses
// nobody. The sum of such unequal trials is calculated exactly (Poisson binomial).
func (g *Group) Compare(a, b []Response) Likeness {
	other := make(map[string]Response, len(b))
	for _, r := range b {
		other[r.Question] = r
	}
	var like Likeness
	tail := []float64{1} // tail[k]: the chance of exactly k
	for _, mine := range a {
		theirs, shared := other[mine.Question]
		if !shared || mine.Key == "" || theirs.Key == "" {
			continue
		}
		like.Questions++
		if !mine.Wrong || !theirs.Wrong {
			continue
		}
		like.BothWrong++
		if mine.Key == theirs.Key {
			like.SameWrong++
		}
		p := g.agree(mine, theirs)
		like.Expected += p
		next := make([]float64, len(tail)+1)
		for k, chance := range tail {
			next[k] += chance * (1 - p)
			next[k+1] += chance * p
		}
		tail = next
	}
	for _, chance := range tail[like.SameWrong:] {
		like.Chance += chance
	}
	like.Chance = min(1, like.Chance)
	return like
}

// agree is how likely two wrong answers to the question are the same, by the others.
func (g *Group) agree(a, b Response) float64 {
	same, n := 0, g.total[a.Question]-2
	for key, count := range g.wrong[a.Question] {
		if key == a.Key {
			count--
		}
		if key == b.Key {
			count--
		}
		same += count * (count - 1) / 2
	}
	return float64(same+1) / float64(n*(n-1)/2+1)
}

// From what a likeness is worth a person's look: so many same wrong answers, and a chance below one in a hundred that any of
// those whom an attempt is compared with would share so much with it by coincidence (Bonferroni).
const (
	SameWrongFrom = 4
	FamilyChance  = 0.01
)

// Striking tells whether a person should look, when an attempt was compared with so many others.
func (l Likeness) Striking(others int) bool {
	return l.SameWrong >= SameWrongFrom && l.Chance*float64(max(1, others)) < FamilyChance
}

// Haste is how fast somebody answered, beside the others.
type Haste struct {
	Answered  int     `json:"answered"`
	PerAnswer float64 `json:"seconds_per_answer"`
	Median    float64 `json:"median_seconds_per_answer" doc:"of the others; 0 where there are too few"`
	Others    int     `json:"others"`
	Deviation float64 `json:"deviation" doc:"of the logarithm from the others' median, in robust standard deviations; 0 where there are too few"`
}

// From what haste is worth a person's look: faster than anybody reads, or far below the others. Where the others are nearly alike a
// second would be far: a standard deviation is LeastSpread of the logarithm at least, so that nobody within a third of the median is asked.
const (
	LeastSeconds  = 2.0
	OthersFrom    = 20
	DeviationFrom = -3.0
	LeastSpread   = 0.15
)

// Hurry measures haste on the logarithm of the seconds for an answer, which are about normal (van der Linden, A lognormal
// model for response times on test items, Journal of Educational and Behavioral Statistics 31(2), 2006, 181-204); median
// and median absolute deviation (x 1.4826) stand for mean and deviation, so that the hasty do not hide each other.
// The whole attempt is timed, not each question: after a lost connection many answers arrive at once.
func Hurry(seconds float64, answered int, others []float64) Haste {
	h := Haste{Answered: answered, Others: len(others)}
	if answered == 0 {
		return h
	}
	h.PerAnswer = seconds / float64(answered)
	if len(others) < OthersFrom {
		return h
	}
	logs := make([]float64, len(others))
	for i, s := range others {
		logs[i] = math.Log(max(s, 0.1))
	}
	middle := median(logs)
	h.Median = math.Exp(middle)
	for i := range logs {
		logs[i] = math.Abs(logs[i] - middle)
	}
	h.Deviation = (math.Log(max(h.PerAnswer, 0.1)) - middle) / max(1.4826*median(logs), LeastSpread)
	return h
}

// Striking tells whether a person should look.
func (h Haste) Striking() bool {
	return h.Answered > 0 && (h.PerAnswer < LeastSeconds || h.Deviation < DeviationFrom)
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
