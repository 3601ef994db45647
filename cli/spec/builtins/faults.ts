import { EvalError, StarlarkList, StarlarkTuple, typeName, type Builtin, type Thread, type Value } from '../../starlark/index.ts';
import { errnos } from '../errnos.ts';
import { callsOf, faultKeys } from '../families.ts';
import type { FaultAction, FaultPlan } from '../plan.ts';
import { callerPlace, type Session } from '../session.ts';
import { PlainValue } from '../values/plain-value.ts';
import { ServiceValue } from '../values/service-value.ts';
import { monitorsOf, monitorsParam } from './monitors.ts';
import { suggestion } from './selection.ts';
import { builtin, type Arguments, type Param } from './signature.ts';

/** What deny() and delay() make: an action and the calls that it is to strike. */
type Strike = Pick<FaultPlan, 'action' | 'label' | 'on' | 'path' | 'after' | 'count' | 'probability'>;
export interface Assumption {
  readonly name: string;
  readonly faults: readonly FaultPlan[];
  readonly monitors: readonly string[];
}

const targets = ['default', 'file', 'socket', 'stdio', 'any'] as const;

const selectors: readonly Param[] = [
  { name: 'label', type: 'string', keyword: true, doc: 'a name for reports' },
  { name: 'path', type: 'string', keyword: true, doc: 'only files whose path matches this glob; * stops at /, ** does not' },
  {
    name: 'on',
    type: 'string',
    keyword: true,
    doc: '"file", "socket", "stdio" or "any"; without it files, block devices and sockets, never a service\'s own stdout',
  },
  { name: 'probability', type: 'probability', keyword: true, doc: 'strike each matching call with this probability' },
  { name: 'after', type: 'int', keyword: true, doc: 'let this many matching calls pass first' },
  { name: 'count', type: 'int', keyword: true, doc: 'strike at most this often' },
];
const faultNames = {
  names: faultKeys,
  type: { host: 'fault' },
  doc: 'a call or family, and what happens to it: write=deny("EIO")',
} as const;

/** deny, delay, fault_assumption, fault. */
export function faultBuiltins(session: Session): Builtin[] {
  return [
    builtin(
      {
        name: 'deny',
        returns: 'fault',
        doc: 'The call fails with this errno and does nothing.',
        params: [{ name: 'errno', type: 'string', required: true, doc: 'such as "EIO"' }, ...selectors],
      },
      (args) => {
        const errno = args.string('errno')!;
        if (!errnos.has(errno)) throw args.wrong('errno', `deny(): there is no errno "${errno}"`, suggestion(errno, [...errnos.keys()]));
        return strike({ kind: 'deny', errno }, args);
      },
    ),
    builtin(
      {
        name: 'delay',
        returns: 'fault',
        doc: 'The call is held for this long, then carried out.',
        params: [{ name: 'duration', type: 'duration', required: true, doc: '"500ms"' }, ...selectors],
      },
      (args) => strike({ kind: 'delay', duration_ns: Math.round(args.duration('duration')! * 1e6) }, args),
    ),
    builtin(
      {
        name: 'fault_assumption',
        returns: 'fault assumption',
        when: 'load',
        doc: 'A named set of faults: on one service, or made of others.',
        params: [
          { name: 'name', type: 'string', required: true, doc: 'what is assumed, as in "db_down"' },
          { name: 'target', type: { host: 'service' }, keyword: true, doc: 'the service that the calls named here are struck on' },
          { name: 'faults', type: 'list', keyword: true, doc: 'other fault assumptions that are assumed with it' },
          monitorsParam,
        ],
        named: faultNames,
      },
      (args, thread) => {
        const name = args.string('name')!;
        const target = args.host<ServiceValue>('target');
        if (target === null && args.named.size > 0)
          throw new EvalError(
            `fault_assumption("${name}"): target= must say on which service ${[...args.named.keys()].join(', ')} is struck`,
          );
        if (target !== null && args.named.size === 0)
          throw new EvalError(`fault_assumption("${name}"): say what happens on ${target.plan.name}, such as write=deny("EIO")`);
        const others = args.list('faults').flatMap(assumptionsOf);
        const own = target === null ? [] : faultsOf(target, args.named, thread);
        return new PlainValue<Assumption>('fault assumption', {
          name,
          faults: [...others.flatMap((a) => a.faults), ...own],
          monitors: [...others.flatMap((a) => a.monitors), ...monitorsOf(session, args.list('monitors'))],
        });
      },
    ),
    builtin(
      {
        name: 'fault',
        returns: 'what run returns',
        when: 'test',
        doc: 'Strikes a service while a function runs.',
        params: [
          { name: 'target', type: 'any', required: true, doc: 'a service with faults named after it, or a fault assumption' },
          { name: 'run', type: 'function', required: true, keyword: true, doc: 'called while the faults act' },
        ],
        named: faultNames,
      },
      (args, thread) => {
        const target = args.any('target');
        if (target instanceof ServiceValue)
          return session.trial('fault').fault(faultsOf(target, args.named, thread), args.function('run')!, thread);
        if (args.named.size > 0)
          throw new EvalError('fault(): calls are named after a service, not after a fault assumption, which has its own');
        return session.trial('fault').fault(
          assumptionsOf(target).flatMap((a) => a.faults),
          args.function('run')!,
          thread,
        );
      },
    ),
  ];
}

function strike(action: FaultAction, args: Arguments): PlainValue<Strike> {
  const on = args.string('on') ?? 'default';
  if (!(targets as readonly string[]).includes(on)) throw args.wrong('on', `"on" is one of ${targets.slice(1).join(', ')}, got "${on}"`);
  return new PlainValue<Strike>('fault', {
    action,
    label: args.string('label'),
    on: on as Strike['on'],
    path: args.string('path'),
    after: args.int('after') ?? 0,
    count: args.int('count'),
    probability: args.probability('probability') ?? 1,
  });
}

function faultsOf(service: ServiceValue, named: ReadonlyMap<string, Value>, thread: Thread): FaultPlan[] {
  const place = callerPlace(thread);
  return [...named].map(([key, value]) => ({
    service: service.plan.name,
    key,
    calls: callsOf(key)!,
    place,
    ...(value as PlainValue<Strike>).plan,
  }));
}

/** A fault assumption, or a list of them; None for none. */
export function assumptionsOf(value: Value): Assumption[] {
  if (value === null) return [];
  if (value instanceof StarlarkList || value instanceof StarlarkTuple) return value.items.flatMap(assumptionsOf);
  if (value instanceof PlainValue && value.starlarkType === 'fault assumption') return [(value as PlainValue<Assumption>).plan];
  throw new EvalError(`faults are fault assumptions (fault_assumption("name", target=…, write=deny("EIO"))), got ${typeName(value)}`);
}
