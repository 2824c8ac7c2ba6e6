import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { migratedApplication, TIMES } from "../migration/world.ts";

const PAGE = readFileSync(new URL("../../docs/migrations.md", import.meta.url), "utf8");

function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, block = ""]) => block);
}

test("the way that migrations.md goes can be gone, command by command", { timeout: 600_000 }, async () => {
  const app = migratedApplication("");
  const [first = "", second = "", code = ""] = blocks("ts");
  const [create = "", change = "", remove = ""] = blocks("sh");
  const runAll = async (lines: string): Promise<string> => {
    const said: string[] = [];
    for (const line of lines.trim().split("\n")) {
      expect(line).toMatch(/^servery migrate /);
      const running = app.begin([...line.split(" ").slice(1), app.folder]);
      expect(await running.ended, `${line}\n${running.output()}`).toBe(0);
      said.push(running.output());
    }
    return said.join("");
  };
  const declaration = join(app.folder, "servery.ts");
  writeFileSync(declaration, first);
  await runAll(create);
  await app.byHand(`INSERT INTO notes (title, body, created_at, updated_at) VALUES (' a ', 'precious', ${TIMES})`);
  writeFileSync(declaration, second);
  expect(await runAll(change)).toContain("title becomes heading");
  expect(app.files()).toEqual(["0001_create_notes.sql", "0002_rename_title.sql", "schema.json"]);

  writeFileSync(declaration, second.replace(" body: longText().optional()", ""));
  expect((await app.migrate("new")).code).toBe(1);
  await runAll(remove);
  const up = await app.migrate("up");
  expect(up.text).toContain(`${app.database}.before-0003`);

  // The way back, as it is written there.
  const [restore = ""] = blocks("text");
  expect(restore).toBe("rm -f data.db-wal data.db-shm\nmv data.db.before-0003 data.db\n");
  for (const end of ["-wal", "-shm"]) rmSync(`${app.database}${end}`, { force: true });
  renameSync(`${app.database}.before-0003`, app.database);
  expect(await app.rows("SELECT heading, body FROM notes")).toEqual([[" a ", "precious"]]);

  expect((await app.migrate("up", "--no-backup")).code).toBe(0);
  expect(existsSync(`${app.database}.before-0003`)).toBe(false);
  app.write("0004_trim.ts", code);
  expect((await app.migrate("up")).code).toBe(0);
  expect(await app.rows("SELECT heading FROM notes")).toEqual([["a"]]);
  expect((await app.migrate("status", "--check")).code).toBe(0);
});

test("migrations.md names every option of every action, and no other", async () => {
  const rows = [...PAGE.matchAll(/^\| (`\w+`|all) \| (.+?) \|/gm)];
  const told = rows.flatMap(([, action = "", options = ""]) =>
    (action === "all" ? ["new", "plan", "up", "status"] : [action.replaceAll("`", "")]).flatMap((name) =>
      [...options.matchAll(/--[\w-]+/g)].map(([option]) => `${name} ${option}`),
    ),
  );
  const helped: string[] = [];
  for (const action of ["new", "plan", "up", "status"]) {
    const running = migratedApplication("").begin(["migrate", action, "--help"]);
    await running.ended;
    const options = [...running.output().matchAll(/^ +(--[\w[\]-]+)/gm)].map(([, option = ""]) =>
      option.replace(/[[\]]/g, ""),
    );
    helped.push(...options.map((option) => `${action} ${option}`));
  }

  expect(new Set(told)).toEqual(new Set(helped));
});
