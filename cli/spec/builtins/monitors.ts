import { EvalError, typeName, type Builtin, type Value } from '../../starlark/index.ts';
import { wrongArity } from '../arity.ts';
import { requireEventAttributes } from '../event-predicate.ts';
import type { DeclaredMonitor } from '../monitor.ts';
import type { Callable } from '../registry.ts';
import { callerPlace, type Session } from '../session.ts';
import { PlainValue } from '../values/plain-value.ts';
import { selectionOf } from './selection.ts';
import { builtin, type Param } from './signature.ts';

/** Where tests are declared: which monitors watch them. */
export const monitorsParam: Param = {
  name: 'monitors',
  type: 'list',
  keyword: true,
  doc: 'monitors that watch it; one that no list names watches every test',
};

/** monitor. */
export function monitorBuiltins(session: Session): Builtin[] {
  return [
    builtin(
      {
        name: 'monitor',
        returns: 'monitor',
        when: 'load',
        doc: 'Checks a property on every event of a test, in order, as it arrives; a violation stops the test. update and check are called with (state, event), or with the event alone where there is no state=.',
        params: [
          { name: 'name', type: 'string', required: true, doc: 'what it is called in reports' },
          { name: 'on', type: 'any', keyword: true, doc: 'which events it looks at: a predicate, or a dict of filters; without it all' },
          { name: 'state', type: 'any', keyword: true, doc: 'the state when a test begins; each test changes a copy of its own' },
          { name: 'update', type: 'function', keyword: true, doc: 'called before check; changes the state, or returns a new one' },
          {
            name: 'check',
            type: 'function',
            required: true,
            keyword: true,
            doc: 'returns True when all is well, False or a text that says why when not',
          },
        ],
      },
      (args, thread) => {
        const registry = session.declare('monitor');
        const name = args.string('name')!;
        const on = args.any('on');
        const hasState = args.any('state') !== null;
        const declared: DeclaredMonitor = {
          name,
          place: callerPlace(thread),
          on: on === null ? null : selectionOf('monitor', 'on', on),
          state: hasState ? args.any('state') : undefined,
          update: args.function('update'),
          check: args.function('check')!,
        };
        if (!hasState && declared.update) throw new EvalError(`monitor("${name}"): update= has nothing to change; give it a state=`);
        for (const [what, fn] of [
          ['update', declared.update],
          ['check', declared.check],
        ] as const)
          requireArity(name, what, fn, hasState ? 2 : 1);
        registry.addMonitor(declared);
        return new PlainValue<DeclaredMonitor>('monitor', declared);
      },
    ),
  ];
}

/** The monitors of a list, noted as watching only the tests that name them. */
export function monitorsOf(session: Session, values: readonly Value[]): string[] {
  return values.map((value) => {
    if (!(value instanceof PlainValue) || value.starlarkType !== 'monitor')
      throw new EvalError(`monitors are what monitor(…) returns, got ${typeName(value)}`);
    const { name } = (value as PlainValue<DeclaredMonitor>).plan;
    session.registry.scopedMonitors.add(name);
    return name;
  });
}

function requireArity(monitor: string, what: string, fn: Callable | null, wanted: number): void {
  if (fn === null) return;
  const takes = wrongArity(fn, wanted);
  if (takes === null) return requireEventAttributes(fn, wanted - 1);
  const gets = wanted === 2 ? 'the state and the event' : 'the event alone, since there is no state=';
  throw new EvalError(`monitor("${monitor}"): ${what} is called with ${gets}, but takes ${takes} arguments`);
}
