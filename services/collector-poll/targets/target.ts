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

/** Asks again while a server that has not answered yet says that it is starting: it accepts connections before it takes commands. */
export function onceStarted(ask: Target['sample'], starting: (error: Error) => boolean): Target['sample'] {
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
