import { callAttribute, getAttribute } from '../run/attributes.ts';
import { augment } from '../run/augment.ts';
import { NO_KWARGS } from '../run/builtin.ts';
import { enter, invoke, leave } from '../run/call.ts';
import { equals } from '../run/compare.ts';
import { putNew, StarlarkDict } from '../run/dict.ts';
import { Cell } from '../run/frame.ts';
import { StarlarkFunction } from '../run/function.ts';
import { checkItems } from '../run/limits.ts';
import { loadNames } from '../run/load.ts';
import { beginLoop, elementAt, endLoop } from '../run/loop.ts';
import { binary, contains, unary } from '../run/operators.ts';
import { spreadArguments, spreadKeywords } from '../run/spread.ts';
import { getIndex, setIndex, slice } from '../run/subscript.ts';
import { truth } from '../run/truth.ts';
import { immutableField, unassigned } from '../run/refusals.ts';
import { unpack } from '../run/unpack.ts';
import { StarlarkList, StarlarkTuple } from '../run/values.ts';

/** What generated code can use, by the names it has there. */
// prettier-ignore
export const RUNTIME = {
  augment, beginLoop, binary, callAttribute, Cell, checkItems, contains, elementAt, endLoop, enter, equals, getAttribute, getIndex,
  immutableField, invoke, leave, loadNames, NO_KWARGS, putNew, setIndex, slice, spreadArguments, spreadKeywords, StarlarkDict,
  StarlarkFunction, StarlarkList, StarlarkTuple, truth, unary, unassigned, unpack,
};

export type RuntimeName = keyof typeof RUNTIME;
