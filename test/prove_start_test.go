package test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"peakseat/internal/dbtest"
	"peakseat/internal/provetest"
)

// The demo from an empty directory and from a full one, what it takes at rest, and the size of the binary.
func TestProveStart(t *testing.T) { //nolint:paralleltest // it measures
	provetest.Need(t)
	dir := dbtest.DataDir(t)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "peakseat")
	shell(t, "make -s build BIN="+path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	provetest.Record(t, "binary_size", float64(info.Size())/(1<<20), "MiB", "make build: stripped, the web app included")

	data := filepath.Join(dir, "data")
	start := func() *demo {
		return startDemo(t, exec.Command(path, "run", "--addr", "127.0.0.1:0", "--data-dir", data, "--log-level", "warn"))
	}
	cold := start()
	provetest.Record(t, "cold_start", cold.ready.Seconds(), "s", "peakseat run on an empty directory: initdb, migrations, demo, first answer of /readyz")
	rest(t, 10*time.Second)
	ours := memoryOf(t, cold.cmd.Process.Pid)
	servers := 0.0
	for _, pid := range family(t, install{dir: data}.postmaster(t)) {
		servers += memoryOf(t, pid)
	}
	provetest.Record(t, "memory_at_rest", ours, "MiB", "of the program with its NATS, shared pages by share (PSS), 10 s after the demo was made")
	provetest.Record(t, "memory_at_rest_postgres", servers, "MiB", "of the postmaster and all its processes, shared pages by share (PSS)")
	cold.stop(t)

	warm := start()
	provetest.Record(t, "warm_start", warm.ready.Seconds(), "s", "the same directory again, to the first answer of /readyz")
	warm.stop(t)
}

// rest is how long nobody asks for anything.
func rest(t *testing.T, d time.Duration) {
	t.Helper()
	if err := pauseFor(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

// demo is `peakseat run`, or what runs it.
type demo struct {
	cmd   *exec.Cmd
	ready time.Duration // from the start to the first answer of /readyz
	said  *syncBuffer
	ended chan struct{}
}

// startDemo starts it in a process group of its own and waits until it serves.
func startDemo(t *testing.T, cmd *exec.Cmd) *demo {
	t.Helper()
	d := &demo{cmd: cmd, said: &syncBuffer{}, ended: make(chan struct{})}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.Stderr = d.said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		select {
		case <-d.ended:
		default:
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-d.ended
		}
	})
	url := make(chan string, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(d.ended)
		at := regexp.MustCompile(`http://[\w.:\[\]-]+`)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			_, _ = d.said.Write(append(lines.Bytes(), '\n'))
			if found := at.FindString(lines.Text()); found != "" && strings.Contains(lines.Text(), "running at") {
				url <- found
			}
		}
		_ = cmd.Wait() // how it ended is not what is measured
	})
	select {
	case at := <-url:
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := http.DefaultClient.Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s/readyz answers %d", at, r.StatusCode)
		}
	case <-d.ended:
		t.Fatalf("it ended before it served:\n%s", d.said)
	}
	d.ready = time.Since(began)
	return d
}

// stop is Ctrl-C at a terminal: everything in the group hears it.
func (d *demo) stop(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-d.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.ended:
	case <-time.After(time.Minute):
		t.Fatalf("it goes on a minute after Ctrl-C:\n%s", d.said)
	}
}

// memoryOf is a process's memory in MiB: its own pages, and its share of those that several have.
func memoryOf(t *testing.T, pid int) float64 {
	t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			return 0 // it ended meanwhile
		}
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^Pss:\s+(\d+) kB`).FindSubmatch(content)
	if found == nil {
		t.Fatalf("process %d tells no Pss:\n%s", pid, content)
	}
	kib, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kib) / 1024
}

// family is a process and its children.
func family(t *testing.T, parent int) []int {
	t.Helper()
	list := []int{parent}
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue // it ended meanwhile
		}
		var pid int
		_, _ = fmt.Sscan(string(content), &pid)
		after := content[bytes.LastIndexByte(content, ')')+1:]
		if fields := strings.Fields(string(after)); len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			list = append(list, pid)
		}
	}
	return list
}
