/** How fast the language is: programs side by side with starlark-go, and a large spec that loads. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { printTable, spread, spreadText } from './table.ts';

interface Timing {
  readonly name: string;
  readonly result: string;
  readonly ms: readonly number[];
}
interface OwnTiming extends Timing {
  readonly group: string;
  readonly rounds: number;
}

const processes = 5;
const runs = 5;
const loads = 5;
const lines = 2000;
const toReach: Record<string, string> = { loops: '5', calls: '5' };
const folder = join(import.meta.dirname, 'language');
const programs = join(folder, 'programs.star');
const dir = mkdtempSync('/tmp/faultbox-bench-');

const node = (script: string, ...args: string[]): string =>
  execFileSync('sh', [join(packageRoot, 'infra', 'node.sh'), join(folder, script), ...args], { encoding: 'utf8' });

/** The starlark-go program, or null with a word about why there is none. */
function buildStarlarkGo(): string | null {
  const binary = join(dir, 'starlark-go');
  try {
    const cwd = join(folder, 'starlark-go');
    execFileSync('go', ['build', '-o', binary, '.'], { cwd, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
    return binary;
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    const missing = 'No Go toolchain here: no comparison with starlark-go.';
    console.log(code === 'ENOENT' ? missing : `starlark-go could not be built: ${stderr?.trim()}`);
    return null;
  }
}

/** Both take turns, so that a busy machine slows both. */
function timePrograms(binary: string | null): { own: OwnTiming[][]; go: Timing[][] } {
  const own: OwnTiming[][] = [];
  const go: Timing[][] = [];
  for (let i = 0; i < processes; i++) {
    if (binary !== null) go.push(JSON.parse(execFileSync(binary, [programs, String(runs)], { encoding: 'utf8' })) as Timing[]);
    own.push(JSON.parse(node('time-programs.ts', programs, String(runs))) as OwnTiming[]);
  }
  return { own, go };
}

const median = (t: Timing): number => spread(t.ms).median;

function row(first: OwnTiming, i: number, own: readonly OwnTiming[][], go: readonly Timing[][]): string[] {
  const ns = (list: readonly Timing[][]): string => spreadText(spread(list.map((p) => (median(p[i]!) * 1e6) / first.rounds)), 1);
  const label = `${first.group}: ${first.name}`;
  if (go.length === 0) return [label, ns(own), '', '', ''];
  for (const p of go) if (p[i]!.result !== first.result) throw new Error(`${label}: ${first.result} here, ${p[i]!.result} in starlark-go`);
  const ratios = own.map((p, k) => median(go[k]![i]!) / median(p[i]!));
  return [label, ns(own), ns(go), spreadText(spread(ratios), 1), toReach[first.group] ?? '2'];
}

/** A spec of services, helpers and tests, as long as `lines` says. */
function largeSpec(): string {
  const block = (i: number): string =>
    [
      `svc${i} = service("svc${i}", "/bin/true", args = ["--port", str(${4000 + i})], env = {"N": "%d" % ${i}}, depends_on = [])`,
      `LIMITS_${i} = {"low": ${i}, "high": ${i} * 10, "names": [n for n in ["a", "b", "c"] if n != "b"]}`,
      `def helper_${i}(x, factor = 2):`,
      '    """Scales and clamps."""',
      '    result = x * factor + 1',
      `    if result > LIMITS_${i}["high"] and not result % 7 == 0:`,
      '        return {"value": result, "text": "{} of {}".format(result, x)}',
      '    for name in ["one", "two"]:',
      '        result += len(name)',
      '    return {"value": result, "text": None}',
      `def test_${i}():`,
      `    r = helper_${i}(${i}, factor = 3)`,
      `    assert_eq(r["value"], r["value"], "the value of ${i}")`,
      `    assert_never(service = "svc${i}", where = lambda e: e.type == "stdout" and e.data.get("level") == "ERROR")`,
      '',
    ].join('\n');
  return Array.from({ length: Math.ceil(lines / 14) }, (_, i) => block(i))
    .join('')
    .split('\n')
    .slice(0, lines)
    .join('\n');
}

try {
  const { own, go } = timePrograms(buildStarlarkGo());
  const rows = own[0]!.map((first, i) => row(first, i, own, go));
  const of = `median [min..max] of ${processes} processes, each the median of ${runs} runs after one to warm up`;
  printTable(`the same program in both; ${of}`, ['', 'ns a round', 'starlark-go', 'times faster', 'to reach'], rows);

  const spec = join(dir, 'large.star');
  writeFileSync(spec, largeSpec());
  const times = Array.from({ length: loads }, () => Number(node('time-load.ts', spec)));
  printTable(
    `ms, median [min..max] of ${loads} fresh processes`,
    ['', 'measured', 'to reach'],
    [[`a spec of ${lines} lines loads`, spreadText(spread(times)), '100']],
  );
} finally {
  rmSync(dir, { recursive: true });
}
