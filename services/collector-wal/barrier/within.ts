/** Settles as the promise does, or rejects with `message` when `performance.now()` has reached the deadline. */
export async function within<T>(promise: Promise<T>, deadline_ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(message)), Math.max(0, deadline_ms - performance.now()))));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
