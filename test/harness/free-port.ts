import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below the ports that systems give to whoever names none, so that nobody is given this one meanwhile. */
const [LOWEST, BEHIND_LAST] = [20_000, 32_000];

/** A port that was free a moment ago, and that nobody is likely to take before the test does, or in between. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEHIND_LAST);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}
