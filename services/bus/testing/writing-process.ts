/** `writing-process.ts BUS RUN`: appends lines 1, 2, 3, … each in a block, and prints the number of each that is durable. It ends only when killed. */
import { writeSync } from 'node:fs';
import { busLocation } from '../location.ts';
import { openBusWriter } from '../open.ts';
import { blockOf, line } from './lines.ts';

const [, , bus = '', run = ''] = process.argv;
const writer = openBusWriter(busLocation(bus), run, 'stdout');
for (let n = 1; ; n++) {
  writer.append(blockOf([line(run, n)]), 1);
  await writer.durable();
  writeSync(1, `${n}\n`);
}
