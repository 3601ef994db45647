// Runs the benchmarks of a Starlark file and prints [{name, result, ms: [...]}] as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

type timing struct {
	Name   string    `json:"name"`
	Result string    `json:"result"`
	Ms     []float64 `json:"ms"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file, repeats string) error {
	runs, err := strconv.Atoi(repeats)
	if err != nil {
		return err
	}
	thread := &starlark.Thread{Name: "bench"}
	globals, err := starlark.ExecFileOptions(&syntax.FileOptions{Set: true, GlobalReassign: true, TopLevelControl: true}, thread, file, nil, nil)
	if err != nil {
		return err
	}
	timings := []timing{}
	benches := globals["BENCHES"].(*starlark.List)
	for i := 0; i < benches.Len(); i++ {
		bench := benches.Index(i).(starlark.Tuple)
		t := timing{Name: string(bench[1].(starlark.String))}
		// The first run warms up and is not counted.
		for r := 0; r <= runs; r++ {
			began := time.Now()
			result, err := starlark.Call(thread, bench[2], starlark.Tuple{bench[3]}, nil)
			if err != nil {
				return err
			}
			if r > 0 {
				t.Ms = append(t.Ms, float64(time.Since(began).Nanoseconds())/1e6)
			}
			t.Result = result.String()
		}
		timings = append(timings, t)
	}
	return json.NewEncoder(os.Stdout).Encode(timings)
}
