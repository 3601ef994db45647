import { Args, Command, Flags } from '@oclif/core';

/** `faultbox check RUN` */
export default class CheckCommand extends Command {
  static override description = 'Judge an earlier run again, from its records: the same verdicts, nothing is started.';
  static override examples = ['faultbox check 3f2a9c01', 'faultbox check 3f2a9c01 --output trace.json'];
  static override args = { run: Args.string({ required: true, description: 'the run, as its report names it' }) };
  static override flags = {
    output: Flags.string({ description: 'write the whole trace as JSON' }),
    bus: Flags.string({ description: 'a Kafka cluster instead of the embedded log: kafka://host:9092?registry=http://host:8081' }),
    store: Flags.string({ description: 'a ClickHouse server instead of the embedded engine: http://user@host:8123/database' }),
  };

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(CheckCommand);
    const { checkCommand } = await import('../runner/replay/check-command.ts');
    process.exitCode = await checkCommand({ run: args.run, output: flags.output, bus: flags.bus, store: flags.store });
  }
}
