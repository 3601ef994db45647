import { Args, Command, Flags } from '@oclif/core';

/** `faultbox explain RUN` */
export default class ExplainCommand extends Command {
  static override description = 'Show the query behind each assertion of a run: what it asked, who decided, what it cost.';
  static override examples = ['faultbox explain 3f2a9c01', 'faultbox explain 3f2a9c01 --test no_refund'];
  static override args = { run: Args.string({ required: true, description: 'the run, as its report names it' }) };
  static override flags = {
    test: Flags.string({ description: 'only this test' }),
    store: Flags.string({ description: 'a ClickHouse server instead of the embedded engine: http://user@host:8123/database' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(ExplainCommand);
    const { explainCommand } = await import('../runner/explain/explain-command.ts');
    process.exitCode = await explainCommand({ run: args.run, test: flags.test, store: flags.store });
  }
}
