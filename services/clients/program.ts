import { spawn } from 'node:child_process';

/** What a program wrote, without the newlines at its end. */
export interface ProgramOutput {
  readonly stdout: string;
}

const maxOutput_bytes = 16 << 20;

/** Runs a program to its end. Rejects when it cannot be run, fails, writes too much, or takes longer than `timeout_ms`; its group is then killed. */
export function runProgram(words: readonly string[], env: Readonly<Record<string, string>>, timeout_ms: number): Promise<ProgramOutput> {
  const [program = '', ...args] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    const out: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    const kill = (why: string) => {
      complaint = why;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => kill(`no end within ${timeout_ms} ms`), timeout_ms);
    const end = () => kill('faultbox ended');
    process.once('exit', end);
    child.stdout.on('data', (part: Buffer) => {
      out.push(part);
      if ((bytes += part.length) > maxOutput_bytes) kill(`more than ${maxOutput_bytes >> 20} MiB of output`);
    });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-2000)));
    child.on('error', (error) => finish(() => reject(error)));
    child.on('close', (code, signal) =>
      finish(() => {
        if (complaint !== '') reject(new Error(complaint));
        else if (code === 0) resolve({ stdout: Buffer.concat(out).toString('utf8').replace(/\n+$/, '') });
        else reject(new Error(`${signal ? `ended by ${signal}` : `exit code ${code}`}${lastLine(errors)}`));
      }),
    );
    function finish(settle: () => void): void {
      clearTimeout(timer);
      process.off('exit', end);
      settle();
    }
  });
}

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line}`;
}
