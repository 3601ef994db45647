import CheckCommand from './check.ts';
import StarlarkCommand from './starlark.ts';
import TestCommand from './test.ts';

/** Every command, under the name that people type. */
export const commands = { check: CheckCommand, starlark: StarlarkCommand, test: TestCommand };
