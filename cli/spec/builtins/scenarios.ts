import { EvalError, StarlarkFunction, StarlarkTuple, typeName, type Builtin, type Value } from '../../starlark/index.ts';
import { wrongArity } from '../arity.ts';
import type { Callable } from '../registry.ts';
import { callerPlace, type Session } from '../session.ts';
import { assumptionsOf } from './faults.ts';
import { monitorsOf, monitorsParam } from './monitors.ts';
import { suggestion } from './selection.ts';
import { builtin, type Param } from './signature.ts';

const expectParam: Param = {
  name: 'expect',
  type: 'function',
  keyword: true,
  doc: "called with the scenario's result, while the faults still act",
};

/** scenario, fault_scenario, fault_matrix: what declares tests, beside functions whose names begin with test_. */
export function scenarioBuiltins(session: Session): Builtin[] {
  return [
    builtin(
      {
        name: 'scenario',
        returns: 'None',
        when: 'load',
        doc: 'Runs a function as a test of its own name.',
        params: [{ name: 'fn', type: 'function', required: true, doc: 'the function' }, monitorsParam],
      },
      (args, thread) => {
        const fn = named('scenario', args.function('fn')!);
        session.declare('scenario').addTest({
          plan: {
            name: fn.name,
            kind: 'scenario',
            faults: [],
            monitors: monitorsOf(session, args.list('monitors')),
            place: callerPlace(thread),
          },
          scenario: fn,
          expect: null,
        });
        return null;
      },
    ),
    builtin(
      {
        name: 'fault_scenario',
        returns: 'None',
        when: 'load',
        doc: 'A test: a scenario under faults, then what is expected of it while they still act.',
        params: [
          { name: 'name', type: 'string', required: true, doc: 'name of the test' },
          { name: 'scenario', type: 'function', required: true, keyword: true, doc: 'what is driven; its return value goes to expect' },
          { name: 'faults', type: 'any', keyword: true, doc: 'a fault assumption, or a list of them' },
          expectParam,
          monitorsParam,
        ],
      },
      (args, thread) => {
        const assumptions = assumptionsOf(args.any('faults'));
        const monitors = [...monitorsOf(session, args.list('monitors')), ...assumptions.flatMap((a) => a.monitors)];
        session.declare('fault_scenario').addTest({
          plan: {
            name: args.string('name')!,
            kind: 'fault_scenario',
            faults: assumptions.flatMap((a) => a.faults),
            monitors,
            place: callerPlace(thread),
          },
          scenario: driven('fault_scenario', args.function('scenario')!),
          expect: expecting('fault_scenario', args.function('expect')),
        });
        return null;
      },
    ),
    builtin(
      {
        name: 'fault_matrix',
        returns: 'None',
        when: 'load',
        doc: 'A test for each scenario under each fault assumption, named matrix_<scenario>_<assumption>.',
        params: [
          { name: 'scenarios', type: 'list', required: true, keyword: true, doc: 'functions with names' },
          { name: 'faults', type: 'list', required: true, keyword: true, doc: 'fault assumptions' },
          { name: 'default_expect', type: 'function', keyword: true, doc: 'what is expected where overrides says nothing else' },
          { name: 'overrides', type: 'dict', keyword: true, doc: '(scenario, assumption) to what is expected there' },
          { name: 'exclude', type: 'list', keyword: true, doc: '(scenario, assumption) pairs that are no tests' },
          monitorsParam,
        ],
      },
      (args, thread) => {
        const registry = session.declare('fault_matrix');
        const scenarios = args.list('scenarios').map((value) => {
          if (value instanceof StarlarkFunction) return named('fault_matrix', value);
          throw new EvalError(`fault_matrix(): scenarios are functions, got ${typeName(value)}`);
        });
        const assumptions = args.list('faults').flatMap(assumptionsOf);
        const known = new Set(scenarios.flatMap((s) => assumptions.map((a) => `${s.name}_${a.name}`)));
        const cell = (value: Value, what: string): string => cellName(value, what, known);
        const excluded = new Set(args.list('exclude').map((value) => cell(value, 'exclude')));
        const overrides = new Map(args.dict('overrides').map(([key, value]) => [cell(key, 'overrides'), functionOf(value)]));
        const monitors = monitorsOf(session, args.list('monitors'));
        for (const scenario of scenarios) {
          for (const assumption of assumptions) {
            const name = `${scenario.name}_${assumption.name}`;
            if (excluded.has(name)) continue;
            const expect = overrides.get(name) ?? args.function('default_expect');
            registry.addTest({
              plan: {
                name: `matrix_${name}`,
                kind: 'fault_matrix',
                faults: assumption.faults,
                monitors: [...monitors, ...assumption.monitors],
                place: callerPlace(thread),
              },
              scenario: driven('fault_matrix', scenario),
              expect: expecting('fault_matrix', expect),
            });
          }
        }
        return null;
      },
    ),
  ];
}

/** `(scenario, assumption)`, either of them as the thing itself or by its name. */
function cellName(value: Value, what: string, known: ReadonlySet<string>): string {
  const [scenario, assumption] = value instanceof StarlarkTuple ? value.items : [];
  if (scenario === undefined || assumption === undefined)
    throw new EvalError(`fault_matrix(): "${what}" names its cells as (scenario, assumption), got ${typeName(value)}`);
  const first = scenario instanceof StarlarkFunction ? scenario.name : String(scenario);
  const second = typeof assumption === 'string' ? assumption : (assumptionsOf(assumption)[0]?.name ?? '');
  const name = `${first}_${second}`;
  if (!known.has(name))
    throw new EvalError(
      `fault_matrix(): "${what}" names (${first}, ${second}), which is no cell of the matrix`,
      suggestion(name, [...known]),
    );
  return name;
}

function functionOf(value: Value): Callable {
  if (value instanceof StarlarkFunction) return value;
  throw new EvalError(`fault_matrix(): overrides maps (scenario, assumption) to functions, got ${typeName(value)}`);
}

function named(builtinName: string, fn: Callable): StarlarkFunction {
  if (fn instanceof StarlarkFunction && fn.name !== 'lambda') return fn;
  throw new EvalError(`${builtinName}() needs functions with a name: write a def`);
}

function driven(builtinName: string, fn: Callable): Callable {
  const takes = wrongArity(fn, 0);
  if (takes === null) return fn;
  throw new EvalError(`${builtinName}(): the scenario ${fn.name} is called without arguments, but takes ${takes}`);
}

function expecting(builtinName: string, fn: Callable | null): Callable | null {
  const takes = fn && wrongArity(fn, 1);
  if (takes === null) return fn;
  throw new EvalError(`${builtinName}(): expect is called with what the scenario returned, but takes ${takes} arguments`);
}
