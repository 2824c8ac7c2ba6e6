import { expect, test } from "vitest";
import type { AnyDeclaration } from "servery";
import chinook from "../../examples/chinook/servery.ts";
import social from "../../examples/social/servery.ts";
import socialV1 from "../../examples/social-v1/servery.ts";
import { curlRequests } from "./curl-requests.ts";
import { openExample } from "./open-example.ts";
import { answerText } from "../harness/answer-text.ts";

const EXAMPLES: readonly { readonly name: string; readonly declaration: AnyDeclaration; readonly requests: number }[] =
  [
    { name: "social", declaration: social, requests: 22 },
    { name: "social-v1", declaration: socialV1, requests: 3 },
    { name: "chinook", declaration: chinook, requests: 13 },
  ];

for (const { name, declaration, requests } of EXAMPLES) {
  test(`every request in the README of ${name} answers as it says`, async () => {
    const asked = curlRequests(new URL(`../../examples/${name}/README.md`, import.meta.url));
    const example = await openExample(declaration);
    const wrong: string[] = [];
    let token = "";
    for (const { line, status, headers, ...request } of asked) {
      const sent = Object.entries(headers).map(([of, value]) => [of, value.replace("$TOKEN", token)] as const);
      const answer = await example.handle({ ...request, headers: Object.fromEntries(sent) });
      const text = await answerText(answer.body);
      token = /"access_token":"([^"]+)"/.exec(text)?.[1] ?? token;
      if (answer.status !== status) wrong.push(`${line}\n  answered ${answer.status}: ${text}`);
    }
    await example.close();
    expect(wrong).toEqual([]);
    expect(asked).toHaveLength(requests);
  });
}
