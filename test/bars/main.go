// Command bars holds the matching engine against its ten bars (docs/engine.md): it builds the yardstick, generates the
// instances, runs `peakseat match` and the references side by side, and judges.
//
//	make bench                                             every bar on every instance that bin/bars does not hold yet
//	go run ./test/bars -bars 2,3 -instances "L XL"         some
//	go run ./test/bars -bars none -docs docs               write what was measured into docs/ once more
//
// The yardstick (instance generator, LEMON's network simplex, plan checker) is outside this repository: -yardstick or
// PEAKSEAT_YARDSTICK names its folder. It needs make, g++ and Debian's liblemon-dev; the exact optima of the roster model
// need node and the npm package highs in the cache folder. What is missing is said, and the rest is measured.
//
// What an instance showed is kept in the cache folder, one JSON file each, so that long runs can be split; the table is
// made of all that is there. The engine and the references of one instance always run in one go, one after another.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// options are the command line.
type options struct {
	yardstick string
	tasks     string // folder of the ptask files
	cache     string
	engine    string // the peakseat binary
	bars      []string
	instances []string
	seeds     int
	repeat    int
	again     bool
	simplexTo int
	docs      string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	missed, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bars:", err)
		os.Exit(2)
	}
	if missed > 0 {
		os.Exit(1)
	}
}

func parse() (o options, err error) {
	yardstick := "../shared/yardstick"
	if set := os.Getenv("PEAKSEAT_YARDSTICK"); set != "" {
		yardstick = set
	}
	flag.StringVar(&o.yardstick, "yardstick", yardstick, "the yardstick's `folder`")
	flag.StringVar(&o.tasks, "tasks", "", "`folder` of the personnel-task files (default beside the yardstick: data/smptsp)")
	flag.StringVar(&o.cache, "cache", "bin/bars", "`folder` for the built yardstick, the instances and what was measured")
	flag.StringVar(&o.engine, "engine", "bin/peakseat", "the `binary` to measure")
	bars := flag.String("bars", "all", "measure these `bars` only, separated by commas: 1-6 run together; none judges what was measured before")
	instances := flag.String("instances", "", "measure these `names` only, such as \"L XL P4\"")
	flag.IntVar(&o.seeds, "seeds", 3, "other `seeds` of every instance, besides the named one")
	flag.IntVar(&o.repeat, "repeat", 3, "run what takes less than 5 s so `often`; the median counts")
	flag.BoolVar(&o.again, "again", false, "measure also what was measured before")
	flag.IntVar(&o.simplexTo, "simplex-to", 1_000_000, "the plain network simplex runs on instances of fewer `agents` (it takes 10 minutes at a million)")
	flag.StringVar(&o.docs, "docs", "", "write the table into engine.md, engine-growth.svg and engine-figures.json of this `folder`")
	flag.Parse()
	if flag.NArg() > 0 {
		return o, fmt.Errorf("no argument expected, got %q", flag.Args())
	}
	if o.tasks == "" {
		o.tasks = filepath.Join(o.yardstick, "..", "data", "smptsp")
	}
	o.instances = strings.Fields(*instances)
	switch *bars {
	case "none":
	case "all":
		for n := 1; n <= 10; n++ {
			o.bars = append(o.bars, strconv.Itoa(n))
		}
	default:
		o.bars = strings.Split(*bars, ",")
		for _, b := range o.bars {
			if n, err := strconv.Atoi(b); err != nil || n < 1 || n > 10 {
				return o, fmt.Errorf("-bars: numbers 1 to 10 expected, got %q", b)
			}
		}
	}
	if o.seeds < 0 || o.repeat < 1 {
		return o, errors.New("-seeds of at least 0 and -repeat of at least 1 expected")
	}
	return o, nil
}

// wants tells whether one of the bars is asked for.
func (o *options) wants(bars ...string) bool {
	return slices.ContainsFunc(bars, func(b string) bool { return slices.Contains(o.bars, b) })
}

func (o *options) named(instance string) bool {
	return len(o.instances) == 0 || slices.Contains(o.instances, instance)
}

func run(ctx context.Context) (missed int, err error) {
	o, err := parse()
	if err != nil {
		return 0, err
	}
	if len(o.bars) > 0 {
		if err := measureAll(ctx, &o); err != nil {
			return 0, err
		}
	}
	found, err := readShelf(o.cache)
	if err != nil {
		return 0, err
	}
	table := judge(found)
	if err := printTable(os.Stdout, found, table); err != nil {
		return 0, err
	}
	if o.docs != "" {
		if err := writeDocs(o.docs, found, table); err != nil {
			return 0, err
		}
	}
	for _, row := range table {
		if row.Verdict == "missed" {
			missed++
		}
	}
	return missed, nil
}

// measureAll goes through the instances, smallest first, so that what is wrong shows early.
func measureAll(ctx context.Context, o *options) error {
	y, err := buildYardstick(ctx, o)
	if err != nil {
		// A machine without compiler or yardstick has the Go benchmarks still.
		fmt.Fprintf(os.Stderr, "bars: not measured: %v\n", err)
		return nil
	}
	for _, name := range dailyNames() {
		for _, seed := range y.seeds(name, o.seeds) {
			if !o.named(name) {
				continue
			}
			if o.wants("1", "2", "3", "4", "5", "6") {
				if err := y.keep("daily", name, seed, func() (any, error) { return y.daily(ctx, name, seed) }); err != nil {
					return err
				}
			}
			if o.wants("7") && slices.Contains(repairNames(), name) {
				if err := y.keep("repair", name, seed, func() (any, error) { return y.repair(ctx, name, seed) }); err != nil {
					return err
				}
			}
			if o.wants("8") && slices.Contains(replayNames(), name) {
				if err := y.keep("replay", name, seed, func() (any, error) { return y.replay(ctx, name, seed) }); err != nil {
					return err
				}
			}
		}
	}
	for _, name := range rosterNames() {
		for _, seed := range y.seeds(name, o.seeds) {
			if o.wants("9") && o.named(name) {
				if err := y.keep("roster", name, seed, func() (any, error) { return y.roster(ctx, name, seed) }); err != nil {
					return err
				}
			}
		}
	}
	if o.wants("10") && o.named("tasks") {
		return y.keep("tasks", "tasks", "", func() (any, error) { return y.tasks(ctx) })
	}
	return nil
}

// The named instances, smallest first.
func dailyNames() []string {
	return []string{"S", "MT", "M", "W1", "LT", "L", "W2", "XLT", "W3", "XL", "XXL"}
}

// ratioNames are those of bars 2 and 3; growthNames those of the plot.
func ratioNames() []string { return []string{"L", "LT", "XL", "XLT", "W2", "W3"} }

func growthNames() []string { return []string{"S", "M", "L", "XL", "XXL"} }

func repairNames() []string { return []string{"XL", "XLT", "XXL", "W2"} }

func replayNames() []string { return []string{"MT", "LT"} }

func rosterNames() []string { return []string{"P4", "P5", "P6", "P7", "P8", "P9"} }
