import { monotonicNs } from '../../../services/collector/clock.ts';
import { connect } from './connect.ts';
import type { OnSend, StepResult, StepTarget } from './step.ts';

/** What a TCP `send` got back. */
export interface TcpResponse {
  /** The answer's first line, without its newline. */
  readonly text: string;
  readonly error: string;
}

/** Sends one line on a connection of its own and waits for one line, or for the end of the stream. */
export async function tcpStep(target: StepTarget, line: string, onSend: OnSend): Promise<StepResult<TcpResponse>> {
  const began_ns = monotonicNs();
  try {
    const { socket, local, remote, began_ns: dialled_ns } = await connect(target.port, target.timeout_ms);
    onSend(local, remote, dialled_ns);
    const response = await exchange(socket, line, target.timeout_ms);
    const at_ns = monotonicNs();
    socket.destroy();
    return { response, local, remote, at_ns, duration_ns: at_ns - dialled_ns };
  } catch (error) {
    onSend('', '', began_ns);
    return {
      response: { text: '', error: (error as Error).message },
      local: '',
      remote: '',
      at_ns: monotonicNs(),
      duration_ns: monotonicNs() - began_ns,
    };
  }
}

function exchange(socket: import('node:net').Socket, line: string, timeout_ms: number): Promise<TcpResponse> {
  return new Promise((resolve) => {
    let text = '';
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeout_ms} ms`)), timeout_ms);
    const done = (error: string) => {
      clearTimeout(timer);
      resolve({ text: text.split('\n', 1)[0]!.replace(/\r$/, ''), error });
    };
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
      if (text.includes('\n')) done('');
    });
    socket.on('error', (error) => done(error.message));
    socket.on('end', () => done(text === '' ? 'the connection was closed without an answer' : ''));
    socket.write(line.endsWith('\n') ? line : `${line}\n`);
  });
}
