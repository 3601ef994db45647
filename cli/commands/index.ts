import CheckCommand from './check.ts';
import ExplainCommand from './explain.ts';
import InitCommand from './init.ts';
import StarlarkCommand from './starlark.ts';
import TestCommand from './test.ts';

/** Every command, under the name that people type. */
export const commands = { check: CheckCommand, explain: ExplainCommand, init: InitCommand, starlark: StarlarkCommand, test: TestCommand };
