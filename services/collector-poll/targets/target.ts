/** What a command answered: `value` is text, empty where there is nothing. */
export interface Sample {
  readonly value: string;
  readonly exists: boolean;
}

/** Whom a poll asks. */
export interface Target {
  /** Runs the command once. Rejects with a sentence when it fails or takes too long. */
  sample(timeout_ms: number): Promise<Sample>;
  close(): void;
}

/** A structured answer as text: texts as they are, nothing as the empty text, all else as JSON. */
export function asText(value: unknown): string {
  return value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
}

const startUp_ms = 10_000;
const pause_ms = 10;

/** A server that is asked over one connection, which is made anew for the next sample when it may be broken. */
export interface Server<C extends { close(): unknown }> {
  connect(timeout_ms: number): Promise<C>;
  ask(connection: C, timeout_ms: number): Promise<Sample>;
  /** Whether an error is the server's answer, which leaves the connection as it is. */
  answers(error: Error): boolean;
  /** Whether an error says that it is starting. */
  starting(error: Error): boolean;
}

export function serverTarget<C extends { close(): unknown }>({ connect, ask, answers, starting }: Server<C>): Target {
  let connection: C | null = null;
  const sample = async (timeout_ms: number): Promise<Sample> => {
    try {
      connection ??= await connect(timeout_ms);
      return await ask(connection, timeout_ms);
    } catch (error) {
      if (!answers(error as Error)) {
        void connection?.close();
        connection = null;
      }
      throw error;
    }
  };
  return { sample: onceStarted(sample, starting), close: () => void connection?.close() };
}

/** Asks again while a server that has not answered yet says that it is starting: it accepts connections before it takes commands. */
function onceStarted(ask: Target['sample'], starting: (error: Error) => boolean): Target['sample'] {
  let answered = false;
  return async (timeout_ms) => {
    const end = performance.now() + Math.min(timeout_ms, startUp_ms);
    for (;;) {
      try {
        const sample = await ask(timeout_ms);
        answered = true;
        return sample;
      } catch (error) {
        if (answered || !starting(error as Error) || performance.now() > end) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  };
}
