import { EvalError, type StarlarkFunction, type Builtin, type Value } from '../starlark/index.ts';
import type { DeclaredMonitor } from './monitor.ts';
import type { FaultPlan, Place, ServicePlan, TestPlan } from './plan.ts';

/** A function of the spec, to be called when a test runs. */
export type Callable = StarlarkFunction | Builtin;

/** A test as the spec declared it: its plan, and what to call. */
export interface DeclaredTest {
  readonly plan: TestPlan;
  readonly scenario: Callable;
  readonly expect: Callable | null;
}

/** What a spec has declared while it loaded. */
export class Registry {
  readonly services = new Map<string, ServicePlan>();
  readonly tests = new Map<string, DeclaredTest>();
  readonly monitors = new Map<string, DeclaredMonitor>();
  /** Monitors that watch only tests that name them. */
  readonly scopedMonitors = new Set<string>();

  addService(plan: ServicePlan): void {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(plan.name))
      throw new EvalError(`service("${plan.name}"): a name consists of letters, digits, "_", "-" and "."`);
    if (plan.name === 'test') throw new EvalError('a service cannot be named "test": that is the lane of the steps');
    const known = this.services.get(plan.name);
    if (known) throw new EvalError(`service "${plan.name}" is declared twice; first at ${known.place.file}:${known.place.line}`);
    this.services.set(plan.name, plan);
  }

  addTest(test: DeclaredTest): void {
    const known = this.tests.get(test.plan.name);
    if (known)
      throw new EvalError(`test "${test.plan.name}" is declared twice; first at ${known.plan.place.file}:${known.plan.place.line}`);
    this.tests.set(test.plan.name, test);
  }

  addMonitor(monitor: DeclaredMonitor): void {
    const known = this.monitors.get(monitor.name);
    if (known) throw new EvalError(`monitor "${monitor.name}" is declared twice; first at ${known.place.file}:${known.place.line}`);
    this.monitors.set(monitor.name, monitor);
  }

  /** `test_*` functions of the spec's file that are not declared by other means. */
  addTestFunctions(
    globals: ReadonlyMap<string, Value>,
    isFunction: (value: Value) => value is StarlarkFunction,
    placeOf: (fn: StarlarkFunction) => Place,
  ): void {
    for (const [name, value] of globals) {
      if (!name.startsWith('test_') || !isFunction(value) || this.tests.has(name)) continue;
      const faults: readonly FaultPlan[] = [];
      this.tests.set(name, { plan: { name, kind: 'test', faults, monitors: [], place: placeOf(value) }, scenario: value, expect: null });
    }
  }

  /** Tests as written: by their place in the spec, those of loaded files first. Monitors that no list names watch all of them. */
  ordered(spec: string): DeclaredTest[] {
    const everywhere = [...this.monitors.keys()].filter((name) => !this.scopedMonitors.has(name));
    const rank = ({ plan: { place } }: DeclaredTest) => (place.file === spec ? place.line : 0);
    return [...this.tests.values()]
      .sort((a, b) => rank(a) - rank(b) || a.plan.place.col - b.plan.place.col)
      .map((test) => ({ ...test, plan: { ...test.plan, monitors: [...new Set([...everywhere, ...test.plan.monitors])] } }));
  }
}
