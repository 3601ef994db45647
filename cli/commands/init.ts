import { Args, Command } from '@oclif/core';

/** `faultbox init [DIR]` */
export default class InitCommand extends Command {
  static override description = 'Make a folder ready for specs: stubs and settings, so that editors know the builtins.';
  static override examples = ['faultbox init', 'faultbox init specs'];
  static override args = { dir: Args.string({ default: '.', description: 'the folder of the specs' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(InitCommand);
    const { initCommand } = await import('../runner/init-command.ts');
    initCommand(args.dir);
  }
}
