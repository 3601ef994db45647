import type { Load } from '../syntax/ast.ts';
import { assignName } from './variable.ts';
import type { Writer } from './writer.ts';

/** A load statement. */
export function writeLoad(w: Writer, s: Load): void {
  w.line(`${w.at(s.moduleSpan)};`);
  const values = w.hold(`${w.use('loadNames')}(${w.constant(s)}, ${w.constant(w.module.load)})`);
  s.names.forEach(({ local }, i) => assignName(w, local, `${values}[${i}]`));
}
