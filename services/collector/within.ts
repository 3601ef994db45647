/** Settles as the promise does, or rejects with `message` when `performance.now()` has reached the deadline. */
export async function within<T>(promise: Promise<T>, deadline_ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const left_ms = Math.max(0, deadline_ms - performance.now());
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(message)), left_ms)));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
