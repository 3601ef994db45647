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
