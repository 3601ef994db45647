import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { impossible, NativeChild } from './native-child.ts';

/** Serves its name on 127.0.0.1:5432, then says what it got when it dialled that port itself. */
const server = `
const net = require('node:net');
const s = net.createServer((c) => c.end(process.argv[1]));
s.listen(5432, '127.0.0.1', () => net.connect(5432, '127.0.0.1', function () {
  const peer = this.remotePort;
  this.on('data', (d) => console.log(d + ' ' + s.address().port + ' ' + peer));
}));`;

let runs = 0;

describe.skipIf(impossible !== null)(`keeper${impossible === null ? '' : ` (${impossible})`}`, { timeout: 60_000 }, () => {
  let run: string;
  let keeper: NativeChild;
  let children: ChildProcess[];
  let requests: number;
  beforeEach(() => {
    run = `keeper-test-${process.pid}-${runs++}`;
    keeper = new NativeChild('keeper', ['--run', run]);
    children = [];
    requests = 0;
  });
  afterEach(async () => {
    keeper.hangUp();
    await keeper.ended;
    for (const child of children) child.kill('SIGKILL');
  });

  async function ask(request: string): Promise<string> {
    const n = ++requests;
    keeper.send(`${n} ${request}`);
    const line = await Promise.race([
      keeper.next(`ok ${n}`),
      keeper.ended.then(() => {
        throw new Error('the keeper ended');
      }),
    ]);
    return line.split(' ')[2] ?? '';
  }

  /** Starts the server in a service's cgroup; resolves with what it printed. */
  function serve(cgroup: string, name: string): Promise<string> {
    const shell = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    const child = spawn('/bin/sh', ['-c', shell, cgroup, process.execPath, '-e', server, name], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return new Promise((resolve) => child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())));
  }

  const dial = (port: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('data', (chunk: Buffer) => resolve(chunk.toString()));
      socket.on('error', reject);
    });

  test('two tests have one port each, and the host reaches both', async () => {
    await keeper.next('ready');
    const leases: number[] = [];
    for (const name of ['a', 'b']) {
      await ask(`test ${name}`);
      const cgroup = await ask(`service ${name} server`);
      leases.push(Number(await ask(`lease ${name} 5432`)));
      expect(await serve(cgroup, name)).toBe(`${name} 5432 5432`);
    }
    expect(leases[0]).not.toBe(leases[1]);
    expect(await Promise.all(leases.map(dial))).toEqual(['a', 'b']);
  });

  test('an undeclared port is leased at its bind', async () => {
    await keeper.next('ready');
    await ask('test a');
    expect(await serve(await ask('service a server'), 'a')).toBe('a 5432 5432');
    expect(await dial(Number(await ask('lease a 5432')))).toBe('a');
  });

  test('a lease is asked for twice and given once', async () => {
    await keeper.next('ready');
    await ask('test a');
    expect(await ask('lease a 1')).toBe(await ask('lease a 1'));
    expect(await ask('lease a 1')).not.toBe(await ask('lease a 2'));
  });

  test('each start of a service has a cgroup of its own', async () => {
    await keeper.next('ready');
    await ask('test a');
    expect(await ask('service a db')).not.toBe(await ask('service a db'));
  });

  test('the end of a test ends what lives in it', async () => {
    await keeper.next('ready');
    const dir = await ask('test a');
    await serve(await ask('service a server'), 'a');
    const gone = new Promise((resolve) => children[0]!.on('exit', (_, signal) => resolve(signal)));
    await ask('end a');
    expect(await gone).toBe('SIGKILL');
    expect(existsSync(dir)).toBe(false);
  });

  test('hanging up removes everything', async () => {
    const [, cgroup = '', dir = ''] = (await keeper.next('ready')).split(' ');
    await ask('test a');
    await serve(await ask('service a server'), 'a');
    keeper.hangUp();
    expect(await keeper.ended).toBe(0);
    expect([cgroup, dir].map((path) => existsSync(path))).toEqual([false, false]);
  });

  test('what a killed keeper left is swept by the next', async () => {
    const [, cgroup = '', dir = ''] = (await keeper.next('ready')).split(' ');
    await ask('test a');
    await serve(await ask('service a server'), 'a');
    const gone = new Promise((resolve) => children[0]!.on('exit', (_, signal) => resolve(signal)));
    keeper.child.kill('SIGKILL');
    await keeper.ended;
    expect(existsSync(cgroup)).toBe(true);
    keeper = new NativeChild('keeper', ['--run', `${run}-next`]);
    await keeper.next('ready');
    expect(await gone).toBe('SIGKILL');
    expect([cgroup, dir].map((path) => existsSync(path))).toEqual([false, false]);
  });

  test('a run that lives keeps its name', async () => {
    await keeper.next('ready');
    const second = new NativeChild('keeper', ['--run', run]);
    expect(await second.next('failed')).toContain('failed E_RUN');
    await second.ended;
  });
});
