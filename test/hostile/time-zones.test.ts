import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("./fixtures/tell-times.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "servery-zones-"));

/** What a server in that time zone answers: which zone it believes to be in, and its answers. */
async function tell(zone: string): Promise<{ zone: string; answers: string[] }> {
  const path = join(folder, `${zone.replaceAll("/", "-")}.db`);
  const { stdout } = await promisify(execFile)(process.execPath, [program, path], {
    env: { ...process.env, TZ: zone },
    timeout: 120_000,
  });
  const [first = "", ...answers] = stdout.trimEnd().split("\n");
  return { zone: first, answers };
}

describe("the server's time zone changes nothing", () => {
  let utc: Awaited<ReturnType<typeof tell>>;
  beforeAll(async () => {
    utc = await tell("UTC");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("in UTC a time without an offset is UTC, and a date stays its day", () => {
    expect(utc.answers[0]).toBe(
      'POST /api/moments 201 {"id":2,"name":"2024-03-10T02:30:00","at":"2024-03-10T02:30:00.000Z","day":null}',
    );
    expect(utc.answers.find((line) => line.includes("2011-12-30T12"))).toContain('"at":"2011-12-30T12:00:00.000Z"');
    expect(utc.answers.filter((line) => / 201 /.test(line))).toHaveLength(14);
    expect(utc.answers.at(-1)).toBe(
      'GET /api/moments?at[gte]=2024-03-10T02:30:00&at[lt]=2024-03-10T02:30:01&fields=at 200 [{"at":"2024-03-10T02:30:00.000Z"},{"at":"2024-03-10T02:30:00.000Z"}]',
    );
  });

  // An hour that does not exist; a day ahead and a day behind; a day that never was (Apia left out 30 December 2011).
  test.each(["America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Pacific/Apia", "Asia/Kathmandu"])(
    "T12 T14 %s",
    async (zone) => {
      const there = await tell(zone);
      expect(there.zone, "the process is in that zone").not.toContain(" 0 minutes");
      expect(there.answers).toEqual(utc.answers);
    },
  );
});
