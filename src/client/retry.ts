/** The server is there and cannot answer now (RFC 9110 §15.6.4). */
const SERVICE_UNAVAILABLE = 503;
/** Whoever is told to wait longer is told so by the error. */
const LONGEST_WAIT_MS = 30_000;

/** How long the answer asks to wait before the request is sent again; undefined when it does not, or asks too much. */
export function retryDelay(answer: Response): number | undefined {
  const after = answer.headers.get("retry-after");
  if (answer.status !== SERVICE_UNAVAILABLE || after === null) return undefined;
  // Seconds, or a date (RFC 9110 §10.2.3).
  const wait = /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now();
  return wait <= LONGEST_WAIT_MS ? Math.max(0, wait) : undefined;
}

/** Waits, unless the signal ends it. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, ms);
    if (signal?.aborted) aborted();
    else signal?.addEventListener("abort", aborted, { once: true });
  });
}
