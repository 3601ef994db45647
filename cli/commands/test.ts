import { Args, Command, Flags } from '@oclif/core';

/** `faultbox test SPEC…` */
export default class TestCommand extends Command {
  static override description = 'Run the tests of one or more specs.';
  static override examples = [
    'faultbox test orders.star',
    "faultbox test orders.star --test 'no_*'",
    'faultbox test examples --output trace.json',
  ];
  static override strict = false;
  static override args = { specs: Args.string({ required: true, description: 'spec files (.star), or folders of them' }) };
  static override flags = {
    test: Flags.string({ multiple: true, description: 'only tests of this name, with or without test_, or a glob; may be repeated' }),
    output: Flags.string({ description: 'write the whole trace as JSON' }),
    shiviz: Flags.string({ description: 'write the trace for ShiViz' }),
    'shiviz-all': Flags.boolean({ description: 'keep every event in the ShiViz file, however many' }),
    runs: Flags.integer({ min: 1, default: 1, description: 'run each test this often' }),
    seed: Flags.integer({ description: 'seed of what is random: faults with a probability' }),
    deadline: Flags.string({ default: '5s', description: 'how long a source may take to prove itself at a barrier' }),
    'max-output': Flags.integer({ min: 1, default: 1_000_000, description: 'lines of output that one source may turn into events' }),
    bus: Flags.string({ description: 'a Kafka cluster instead of the embedded log: kafka://host:9092?registry=http://host:8081' }),
    store: Flags.string({ description: 'a ClickHouse server instead of the embedded engine: http://user@host:8123/database' }),
    strict: Flags.boolean({ description: 'vacuous results fail' }),
  };

  override async run(): Promise<void> {
    const { argv, flags } = await this.parse(TestCommand);
    const { testCommand } = await import('../runner/test-command.ts');
    process.exitCode = await testCommand({
      specs: argv as string[],
      flags: { ...flags, maxOutput: flags['max-output'], shivizAll: flags['shiviz-all'], test: flags.test ?? [] },
    });
  }
}
