import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import social from "../../examples/social/servery.ts";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { signIn } from "../harness/sign-in.ts";
import { ADMINISTRATOR } from "./social.ts";
import { closeSound } from "../api/answers.ts";

const run = promisify(execFile);

let engine: EngineUnderTest;
let base: string;
let token: string;
beforeAll(async () => {
  engine = await openEngine(social);
  token = (await signIn(engine, ADMINISTRATOR, (url, json) => engine.post(url, json))).authorization;
  base = (await engine.listen()).url;
});
afterAll(() => closeSound(engine));

/** One exchange: what a client of any language sends, and what it must have read. */
interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

const exchanges: readonly Exchange[] = [
  { method: "POST", path: "/api/categories", body: { name: 'Ünïcode 😀 "quoted"', slug: "SLUG" } },
  { method: "GET", path: "/api/categories?slug=SLUG&fields=name,slug" },
  { method: "GET", path: "/api/users/1?include=posts.count" },
  { method: "GET", path: "/api/users/999" },
  { method: "POST", path: "/api/posts", body: { user_id: 1, content: "no title" } },
];

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Each client is a program that reads the exchanges as JSON and prints the answers as JSON. */
async function inJavaScript(base: string, list: readonly Exchange[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { method, path, body } of list) {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { "content-type": "application/json", authorization: token };
    const response = await fetch(base + path, { method, headers, ...sent });
    answers.push({ status: response.status, body: await response.json() });
  }
  return answers;
}

const PYTHON = `
import json, sys, urllib.request, urllib.error
base, exchanges, token = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3]
answers = []
for exchange in exchanges:
    data = json.dumps(exchange["body"]).encode() if "body" in exchange else None
    request = urllib.request.Request(base + exchange["path"], data=data, method=exchange["method"])
    request.add_header("Authorization", token)
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            answers.append({"status": response.status, "body": json.load(response)})
    except urllib.error.HTTPError as problem:
        answers.append({"status": problem.code, "body": json.load(problem)})
print(json.dumps(answers))
`;

async function inPython(base: string, list: readonly Exchange[]): Promise<Answer[]> {
  const { stdout } = await run("python3", ["-c", PYTHON, base, JSON.stringify(list), token], { timeout: 100_000 });
  return JSON.parse(stdout) as Answer[];
}

async function withCurl(base: string, list: readonly Exchange[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const { method, path, body } of list) {
    const sent = body === undefined ? [] : ["-H", "Content-Type: application/json", "--data-raw", JSON.stringify(body)];
    const { stdout } = await run("curl", [
      "-sS",
      "-g",
      "-m",
      "10",
      "-X",
      method,
      "-H",
      `Authorization: ${token}`,
      ...sent,
      "-w",
      "\n%{http_code}",
      base + path,
    ]);
    const end = stdout.lastIndexOf("\n");
    answers.push({ status: Number(stdout.slice(end + 1)), body: JSON.parse(stdout.slice(0, end)) as unknown });
  }
  return answers;
}

function isFound(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

/** What is different each time: ids of rows and requests, and times. */
function masked(answers: readonly Answer[]): unknown[] {
  return answers.map(({ status, body }) => {
    if (typeof body !== "object" || body === null || Array.isArray(body)) return { status, body };
    const {
      id: _id,
      created_at: _created,
      updated_at: _updated,
      request_id: _request,
      slug: _slug,
      ...rest
    } = body as { [key: string]: unknown };
    return { status, body: rest };
  });
}

function withSlug(slug: string): Exchange[] {
  return JSON.parse(JSON.stringify(exchanges).replaceAll("SLUG", slug)) as Exchange[];
}

const clients = [
  { name: "JavaScript", program: "node", speak: inJavaScript, get: "" },
  { name: "Python", program: "python3", speak: inPython, get: "apt-get install python3" },
  { name: "curl", program: "curl", speak: withCurl, get: "apt-get install curl" },
];

for (const { name, program, speak, get } of clients) {
  const suffix = get === "" ? "" : ` (needs ${program}: ${get})`;
  test.skipIf(!isFound(program))(`181 ${name} reads the same JSON${isFound(program) ? "" : suffix}`, async () => {
    const slug = `in-${name.toLowerCase()}`;
    const answers = await speak(base, withSlug(slug));
    expect(answers.map((answer) => answer.status)).toEqual([201, 200, 200, 404, 400]);
    expect(answers[1]?.body).toEqual([{ name: 'Ünïcode 😀 "quoted"', slug }]);
    const wanted = masked(await inJavaScript(base, withSlug(`${slug}-again`)));
    expect(masked(answers).toSpliced(1, 1)).toEqual(wanted.toSpliced(1, 1));
  });
}
