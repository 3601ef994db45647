import { equals, repr, EvalError, truth, type Builtin } from '../../starlark/index.ts';
import type { Session } from '../session.ts';
import type { Selection } from '../trial.ts';
import { predicate, selectionOf } from './selection.ts';
import { builtin, type Arguments, type Param, type Signature } from './signature.ts';

const within_ms = 5000;
const where: Param = { name: 'where', type: 'function', doc: 'a predicate on an event: lambda e: e.type == "stdout"' };
const within: Param = { name: 'within', type: 'duration', keyword: true, doc: 'how long to wait' };
const filters = {
  names: null,
  type: 'any',
  doc: 'filters: an attribute of events or a key of their data, and its value; * and ? in strings are globs',
} as const;
const message: Param = { name: 'message', type: 'string', doc: 'shown when it does not hold' };

const eventually: Signature = {
  name: 'assert_eventually',
  returns: 'event',
  when: 'test',
  doc: 'Waits until an event matches, and returns it. Fails when none has come in time (5 s without within=).',
  params: [where, within],
  named: filters,
};
const never: Signature = {
  name: 'assert_never',
  returns: 'None',
  when: 'test',
  doc: 'No event of the test so far matches, proven by every source that could have produced one. within= also watches the future.',
  params: [where, within],
  named: filters,
};
const listed: Signature = {
  name: 'events',
  returns: 'list of events',
  when: 'test',
  doc: 'The events of the test so far that match, in their order.',
  params: [where],
  named: filters,
};
const before: Signature = {
  name: 'assert_before',
  returns: 'None',
  when: 'test',
  doc: 'The earliest match of first happens before the earliest match of then: by cause, not by time.',
  params: [
    { name: 'first', type: 'any', required: true, doc: 'a predicate, or a dict of filters' },
    { name: 'then', type: 'any', required: true, doc: 'a predicate, or a dict of filters' },
  ],
};

/** assert_eventually, assert_never, assert_before, assert_eq, assert_true, events, sleep. */
export function assertionBuiltins(session: Session): Builtin[] {
  return [
    builtin(eventually, (args, thread) =>
      session
        .trial('assert_eventually')
        .assertEventually(selection('assert_eventually', args), args.duration('within') ?? within_ms, thread),
    ),
    builtin(never, (args, thread) =>
      session.trial('assert_never').assertNever(selection('assert_never', args), args.duration('within') ?? 0, thread),
    ),
    builtin(listed, (args, thread) => session.trial('events').events(selection('events', args), thread)),
    builtin(before, (args, thread) =>
      session
        .trial('assert_before')
        .assertBefore(
          selectionOf('assert_before', 'first', args.any('first')),
          selectionOf('assert_before', 'then', args.any('then')),
          thread,
        ),
    ),
    builtin(
      {
        name: 'assert_eq',
        returns: 'None',
        when: 'test',
        doc: 'Two values are equal.',
        params: [
          { name: 'actual', type: 'any', required: true, doc: 'what is' },
          { name: 'expected', type: 'any', required: true, doc: 'what should be' },
          message,
        ],
      },
      (args, thread) => {
        const [actual, expected] = [args.any('actual'), args.any('expected')];
        const text = `${repr(actual)} is not equal to ${repr(expected)}`;
        return session.trial('assert_eq').assertPlain('assert_eq', equals(actual, expected), withMessage(args, text), thread);
      },
    ),
    builtin(
      {
        name: 'assert_true',
        returns: 'None',
        when: 'test',
        doc: 'A condition holds.',
        params: [{ name: 'condition', type: 'any', required: true, doc: 'what should be true' }, message],
      },
      (args, thread) =>
        session
          .trial('assert_true')
          .assertPlain(
            'assert_true',
            truth(args.any('condition')),
            withMessage(args, `the condition is ${repr(args.any('condition'))}`),
            thread,
          ),
    ),
    builtin(
      {
        name: 'sleep',
        returns: 'None',
        when: 'test',
        doc: 'Lets time pass.',
        params: [{ name: 'duration', type: 'duration', required: true, doc: '"500ms"' }],
      },
      (args) => {
        session.trial('sleep').sleep(args.duration('duration')!);
        return null;
      },
    ),
  ];
}

function withMessage(args: Arguments, text: string): string {
  const given = args.string('message');
  return given === null ? text : `${given} (${text})`;
}

function selection(name: string, args: Arguments): Selection {
  const where = args.function('where');
  const chosen: Selection = { where: where && predicate(name, 'where', where), filters: args.named };
  if (chosen.where === null && chosen.filters.size === 0)
    throw new EvalError(`${name}(): say which events: where=lambda e: …, or filters such as type="stdout"`);
  return chosen;
}
