import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { verifyPrinted } from "./printed-mail.ts";
import { ask, emptyFolder, ran, servery } from "./process.ts";

function filesIn(folder: string): string[] {
  return readdirSync(folder).toSorted((left, right) => left.localeCompare(right));
}

const FILES = [".gitignore", "package.json", "servery.ts", "tsconfig.json"];

test("a folder that is not there, with a name that shells and npm do not like", async () => {
  const folder = join(emptyFolder(), "deep", "My 'best' shop (2) ✓");
  const { code, stdout, stderr } = await ran(["init", folder]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(filesIn(folder)).toEqual(FILES);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, unknown>;
  expect(manifest).toMatchObject({
    name: "my-best-shop-2",
    type: "module",
    scripts: { dev: "servery dev", start: "servery start", check: "servery check" },
  });
  expect(Object.keys(manifest)).not.toContain("devDependencies");
  expect(manifest["dependencies"]).toEqual({ servery: `^${(await ran(["--version"])).stdout.trim()}` });
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toContain(".servery/");
  // The line that is printed for a shell leads into the folder.
  const cd = /^ {2}(cd .+)$/m.exec(stdout)?.[1] ?? "";
  expect(execFileSync("sh", ["-c", `${cd} && pwd`], { encoding: "utf8" }).trim()).toBe(folder);
  expect(stdout).toContain("npm install");

  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  expect((await ask(`${url}/api/books?year[gte]=1970&sort=-year&include=author&fields=title`)).body).toEqual([
    { title: "The Dispossessed", author: expect.objectContaining({ name: "Ursula K. Le Guin" }) as unknown },
    { title: "Invisible Cities", author: expect.objectContaining({ name: "Italo Calvino" }) as unknown },
  ]);
  expect((await ask(`${url}/api/books?q=left`)).body).toHaveLength(1);
  expect((await ask(`${url}/api/authors/1/books`)).body).toHaveLength(2);
});

interface WrittenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** The requests of the README's start as a reader copies them, in their order. */
function requestsOfTheStart(): WrittenRequest[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const start = readme.split("## Start")[1]?.split("\n## ")[0] ?? "";
  return [...start.matchAll(/^curl .*$/gm)].map(([line]) => ({
    path: /http:\/\/127\.0\.0\.1:5000(\/[^\s']*)/.exec(line)?.[1] ?? "",
    headers: Object.fromEntries(
      [...line.matchAll(/ -H ['"]([^:]+): ([^'"]+)['"]/g)].map(([, name = "", value = ""]) => [name, value]),
    ),
    body: / -d '([^']*)'/.exec(line)?.[1],
  }));
}

test("every request of the README's start is answered by what init made, from the first look to a review", async () => {
  const folder = emptyFolder();
  await ran(["init", folder]);
  const running = servery(["dev", folder], { PORT: "0" });
  const url = await running.url();
  const answers: [string, number][] = [];
  let token = "";
  let last: unknown;
  for (const { path, headers, body } of requestsOfTheStart()) {
    const authorization = headers["Authorization"]?.replace("$TOKEN", token);
    const answer = await fetch(`${url}${path}`, {
      headers: { ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) },
      ...(body === undefined ? {} : { method: "POST", body }),
    });
    last = await answer.json();
    answers.push([path.replace(/\?.*/, ""), answer.status]);
    if (path === "/api/auth/sign-up") await verifyPrinted(url, running.output);
    if (path === "/api/auth/sign-in") token = (last as { access_token: string }).access_token;
  }
  expect(answers).toEqual([
    ["/api/books", 200],
    ["/api/authors/1/books", 200],
    ["/api/auth/sign-up", 202],
    ["/api/auth/sign-in", 200],
    ["/api/reviews", 201],
    ["/api/books", 200],
  ]);
  expect(last).toMatchObject([{}, {}, { id: 1, reviews: [{ stars: 5, user: { name: "Ada" } }] }]);
  expect(JSON.stringify(last)).not.toContain("ada@example.com");
});

test("what is there stays as it is and is named", async () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "package.json"), '{"name":"theirs"}');
  writeFileSync(join(folder, ".gitignore"), "dist/\n");
  const { code, stdout } = await ran(["init", folder]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/kept {2}\S+package\.json/);
  expect(stdout).toMatch(/kept {2}\S+\.gitignore.*add a line with \.servery\//);
  expect(stdout).toMatch(/made {2}\S+servery\.ts/);
  expect(readFileSync(join(folder, "package.json"), "utf8")).toBe('{"name":"theirs"}');
  expect(readFileSync(join(folder, ".gitignore"), "utf8")).toBe("dist/\n");
  expect(filesIn(folder)).toEqual(FILES);
});

test("a declaration of any name is never touched: exit 1, and nothing is written beside it", async () => {
  for (const name of ["servery.ts", "servery.mjs"]) {
    const folder = emptyFolder();
    writeFileSync(join(folder, name), "mine");
    const { code, stdout, stderr } = await ran(["init", folder]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      `servery: ${join(folder, name)}: the file is there already, so nothing was written. Name another folder\n`,
    );
    expect(filesIn(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), "utf8")).toBe("mine");
  }
});

test("a file where the folder should be, a folder where a file should be: one line, and nothing is lost", async () => {
  const parent = emptyFolder();
  writeFileSync(join(parent, "taken"), "text");
  const file = await ran(["init", join(parent, "taken")]);
  expect([file.code, file.stdout]).toEqual([1, ""]);
  expect(file.stderr).toMatch(/^servery: [^\n]*taken[^\n]*\n$/);
  expect(statSync(join(parent, "taken")).isFile()).toBe(true);

  mkdirSync(join(parent, "other", "tsconfig.json"), { recursive: true });
  const folder = await ran(["init", join(parent, "other")]);
  expect([folder.code, folder.stdout.includes("kept")]).toEqual([0, true]);
  expect(statSync(join(parent, "other", "tsconfig.json")).isDirectory()).toBe(true);
});
