import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { faultbox, root, type Ended, type Trace } from '../faultbox.ts';

const chapter = join(root, '..', 'shared', 'seed', 'chapter-11');
const examples = join(root, 'examples');

/** The chapter's specs that need no container, with the tests that each declares. */
const specs: Readonly<Record<string, readonly string[]>> = {
  'events-test.star': [
    'post_data',
    'db_logs_operations',
    'inspect_logs',
    'post_and_get',
    'no_errors_in_logs',
    'post_data_simple',
    'error_logged_on_write_failure',
    'write_data',
    'disk_fault_produces_error_log',
  ],
  'decoders.star': ['logfmt_fields', 'regex_fields'],
};

describe.skipIf(!existsSync(chapter))(`the chapter's specs as written (skipped where ${chapter} is not there)`, () => {
  let out: string;
  let kafka: LocalKafka;
  beforeAll(async () => {
    out = mkdtempSync(join(tmpdir(), 'faultbox-chapter-'));
    kafka = await LocalKafka.start();
  });
  afterAll(async () => {
    rmSync(out, { recursive: true, force: true });
    await kafka.end();
  });

  describe.each(
    Object.entries(specs).flatMap(
      ([file, names]) =>
        [
          [file, 'the embedded log', names],
          [file, 'Kafka', names],
        ] as const,
    ),
  )('%s, with %s', (file, bus, names) => {
    let ended: Ended;
    let trace: Trace;
    beforeAll(async () => {
      ended = await faultbox(examples, [
        'test',
        join(chapter, file),
        '--output',
        join(out, `${file}.json`),
        '--shiviz',
        join(out, `${file}.shiviz`),
        ...(bus === 'Kafka' ? ['--bus', kafka.bus] : []),
      ]);
      trace = JSON.parse(readFileSync(join(out, `${file}.json`), 'utf8')) as Trace;
    });
    test('declares these tests, in this order, and all pass', () => {
      expect(trace.tests.map((t) => t.name)).toEqual(names);
      expect(ended.code).toBe(0);
    });
    test.each(names)('%s passes', (name) => {
      const found = trace.tests.find((t) => t.name === name)!;
      expect([found.verdict, found.reason]).toEqual(['passed', '']);
      expect(found.sources.every((s) => s.complete && s.lost === 0)).toBe(true);
    });
    test('its ShiViz file has the lines that the services logged, on the lanes of their services', () => {
      expect(readFileSync(join(out, `${file}.shiviz`), 'utf8')).toMatch(/^(db|logfmt_service) \{.*\} logged .*level=/m);
    });
  });

  test('print() is shown under its test', async () => {
    const { stdout } = await faultbox(examples, ['test', join(chapter, 'events-test.star'), '--test', 'post_data']);
    expect(stdout).toMatch(/✓ post_data .*\n\s+db logged [1-9][0-9]* lines/);
  });

  test('the name that the text gives to --test, which no test has, offers the one that it means', async () => {
    const { code, stderr } = await faultbox(examples, ['test', join(chapter, 'events-test.star'), '--test', 'inspect_log_structure']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean "inspect_logs"');
  });
});
