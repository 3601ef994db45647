/** Runs the benchmarks of a Starlark file and prints [{group, name, rounds, result, ms: […]}] as JSON, as `starlark-go/main.go` does. */
import { readFileSync } from 'node:fs';
import { call, execFile, iterate, repr, Thread, type Value } from '../../../cli/starlark/index.ts';

const [file = '', repeats = ''] = process.argv.slice(2);
const thread = new Thread({ stepLimit: 2 ** 40 });
const globals = execFile(thread, { name: file, source: readFileSync(file, 'utf8'), predeclared: new Map(), load: () => new Map() });

const timings = iterate(globals.get('BENCHES') ?? null).map((bench) => {
  const [group, name, fn, rounds] = iterate(bench) as readonly [string, string, Value, number];
  const ms: number[] = [];
  let result: Value = null;
  // The first run warms up and is not counted.
  for (let r = 0; r <= Number(repeats); r++) {
    const began = performance.now();
    result = call(thread, fn, [rounds]);
    if (r > 0) ms.push(performance.now() - began);
  }
  return { group, name, rounds, result: repr(result), ms };
});
process.stdout.write(JSON.stringify(timings));
