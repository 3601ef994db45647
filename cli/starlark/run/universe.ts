import { Builtin } from './builtin.ts';
import { CONVERSIONS } from './conversions.ts';
import { EvalError } from './errors.ts';
import { attributeNames, findAttribute, getAttribute } from './attributes.ts';
import { lengthOf } from './iterate.ts';
import { builtin } from './method.ts';
import { str } from './repr.ts';
import { SEQUENCES } from './sequences.ts';
import { wantString } from './arguments.ts';
import { typeName } from './type-name.ts';
import { StarlarkList, type Value } from './values.ts';

const GENERAL: readonly Builtin[] = [
  builtin('dir(x)', (_, [x]) => new StarlarkList(attributeNames(x as Value))),
  new Builtin('fail', (_thread, args, kwargs) => {
    throw new EvalError(`fail: ${joined(args, kwargs, 'fail')}`);
  }),
  builtin('getattr(x, name, default?)', (_, [x, name, otherwise]) => {
    const key = wantString(name, 'getattr');
    return otherwise === undefined ? getAttribute(x as Value, key) : (findAttribute(x as Value, key) ?? otherwise);
  }),
  builtin('hasattr(x, name)', (_, [x, name]) => findAttribute(x as Value, wantString(name, 'hasattr')) !== undefined),
  builtin('len(x)', (_, [x]) => {
    const length = lengthOf(x as Value);
    if (length === null) throw new EvalError(`len: value of type ${typeName(x as Value)} has no len`);
    return length;
  }),
  new Builtin('print', (thread, args, kwargs) => {
    thread.print(joined(args, kwargs, 'print'), thread.span);
    return null;
  }),
  builtin('type(x)', (_, [x]) => typeName(x as Value)),
];

/** The text of print and fail: the arguments with `sep` (a space) between them. */
function joined(args: readonly Value[], kwargs: ReadonlyMap<string, Value>, who: string): string {
  for (const name of kwargs.keys()) if (name !== 'sep') throw new EvalError(`${who}: unexpected keyword argument '${name}'`);
  return args.map(str).join(wantString(kwargs.get('sep') ?? ' ', `${who}: sep`));
}

/** What every program can use. */
export const UNIVERSE: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['None', null],
  ['True', true],
  ['False', false],
  ...[...GENERAL, ...CONVERSIONS, ...SEQUENCES].map((b): [string, Value] => [b.name, b]),
]);
