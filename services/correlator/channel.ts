import { Socket } from 'node:net';

/** What the runner may say; see docs/architecture.md. */
export interface Order {
  readonly do: 'poke' | 'end';
  readonly id?: number;
}

/** The private channel to the runner: JSON lines on file descriptor 3, a socketpair. */
export class Channel {
  readonly #socket = new Socket({ fd: 3, readable: true, writable: true });

  /** `onOrder` gets each order; `onGone` runs when the runner has closed its end. */
  constructor(onOrder: (order: Order) => void, onGone: () => void) {
    let rest = '';
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) onOrder(JSON.parse(line) as Order);
    });
    for (const event of ['end', 'error', 'close']) this.#socket.on(event, onGone);
  }

  /** Sends a line; the promise settles when it is with the kernel. */
  say(message: object): Promise<void> {
    return new Promise((resolve) => this.#socket.write(`${JSON.stringify(message)}\n`, () => resolve()));
  }
}
