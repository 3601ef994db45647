import { Args, Command } from '@oclif/core';

/** `faultbox starlark FILE` */
export default class StarlarkCommand extends Command {
  static override description = 'Run a plain Starlark file, without the builtins of specs.';
  static override examples = ['faultbox starlark hello.star'];
  static override args = { file: Args.string({ required: true, description: 'a .star file' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(StarlarkCommand);
    const { runPlainFile } = await import('../runner/plain-file.ts');
    process.exitCode = runPlainFile(args.file);
  }
}
