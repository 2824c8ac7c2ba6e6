import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { describeEachAdapter } from "../database/adapters.ts";
import { nasty, NASTY } from "./nasty.ts";
import { adopt, adoptedFile } from "./world.ts";

const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

describeEachAdapter("the file beside an adopted one", ({ preference, driver }) => {
  test("holds the maintenance that the command line switches, and the server sees it", async () => {
    const file = adoptedFile(NASTY, driver);
    const before = file.schema();
    const app = await adopt(nasty, file, { sqliteDriver: preference });
    const folder = dirname(file.path);
    writeFileSync(join(folder, "servery.ts"), "export default {};\n");
    const env = { ...process.env, DATABASE_URL: `sqlite:${file.path}` };
    const said = execFileSync(process.execPath, [CLI, "maintenance", "on", folder], { env, encoding: "utf8" });
    expect(said).toContain("Maintenance is on");
    await expect.poll(async () => (await app.get("/api/tree/1")).status).toBe(503);
    expect(spawnSync(process.execPath, [CLI, "maintenance", "off", folder], { env }).status).toBe(0);
    await expect.poll(async () => (await app.get("/api/tree/1")).status).toBe(200);
    expect(file.schema()).toEqual(before);
  });

  test("keeps cursors good over a start", async () => {
    const file = adoptedFile(NASTY, driver);
    const first = await adopt(nasty, file, { sqliteDriver: preference });
    const page = await first.get("/api/tree?limit=2&fields=id");
    const next = /<([^>]*)>; rel="next"/.exec(page.headers["link"] ?? "")?.[1] ?? "";
    await first.close();
    const second = await adopt(nasty, file, { sqliteDriver: preference });
    expect((await second.get(next)).json).toEqual([{ id: 2 }, { id: 1 }]);
  });

  test("other programs write the adopted file while it is served", async () => {
    const file = adoptedFile(NASTY, driver);
    const app = await adopt(nasty, file, { sqliteDriver: preference });
    expect((await app.post("/api/tree", { name: "ours" })).status).toBe(201);
    file.exec("INSERT INTO tree (name) VALUES ('theirs')");
    expect((await app.get("/api/tree?limit=2&fields=name")).json).toEqual([{ name: "theirs" }, { name: "ours" }]);
  });
});
