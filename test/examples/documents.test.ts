import { createClient } from "servery/client";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import documents from "../../examples/documents/servery.ts";
import { curlRequests } from "./curl-requests.ts";
import { openEngine } from "../harness/open-engine.ts";

test("every request of the README answers as it says", async () => {
  const engine = await openEngine(documents);
  const wrong: string[] = [];
  for (const { line, method, url, headers, body, status } of curlRequests(
    new URL("../../examples/documents/README.md", import.meta.url),
  )) {
    const answer = await engine.send({ method, url, headers, ...(body === undefined ? {} : { body }) });
    if (answer.status !== status) wrong.push(`${line}\n  answered ${answer.status}: ${answer.text}`);
  }
  expect(wrong).toEqual([]);
  await engine.close();
});

test("SQL, and a find by the client, give the same person", async () => {
  const engine = await openEngine(documents);
  const { url } = await engine.listen();
  const api = createClient<typeof documents>(url);
  const file = new Database(engine.databasePath, { readonly: true });
  const [selected] = file.prepare("SELECT * FROM users WHERE id = 1").all();
  file.close();
  const [row] = await api.users.list({ where: { id: 1 } });
  const [document] = await api.people.list({ where: { id: 1 } });
  expect(row).toEqual(selected);
  expect(document).toMatchObject({ id: 1, name: (selected as { name: string }).name, address: { city: row?.city } });
  await engine.close();
});
