import type { FileNode } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { Frame } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import type { Thread } from '../run/thread.ts';
import { writeBlock } from './statement.ts';
import { Writer } from './writer.ts';

/** How many statements outside functions become one JavaScript function: many small ones load slowly, a very large one runs slowly. */
const STATEMENTS = 150;

type Part = (thread: Thread, f: Frame) => void;

/** Compiles the statements of a file that stand outside functions; functions follow when they are called. */
export function compileFile(file: FileNode, module: Module): (thread: Thread) => void {
  const sites: Span[] = [];
  const parts: Part[] = [];
  for (let i = 0; i < file.body.length; i += STATEMENTS) {
    const w = new Writer(module, sites, []);
    writeBlock(w, file.body.slice(i, i + STATEMENTS));
    parts.push(w.build(['thread', 'f'], []) as Part);
  }
  return (thread) => {
    const frame = new Frame({ name: '<toplevel>', sites });
    thread.enter(frame);
    for (const part of parts) part(thread, frame);
    thread.leave(frame);
  };
}
