import StarlarkCommand from './starlark.ts';
import TestCommand from './test.ts';

/** Every command, under the name that people type. */
export const commands = { starlark: StarlarkCommand, test: TestCommand };
