import type { HttpAnswer } from "servery";
import { answerText } from "./answer-text.ts";
import type { TestAnswer } from "./open-engine.ts";

/** An answer read to its end, with its JSON where it is that. */
export async function readAnswer(answer: HttpAnswer): Promise<Omit<TestAnswer, "sql">> {
  const text = await answerText(answer.body);
  const isJson = /[/+]json/.test(answer.headers["content-type"] ?? "");
  return {
    status: answer.status,
    headers: answer.headers,
    cookies: answer.cookies ?? [],
    text,
    json: isJson && text !== "" ? (JSON.parse(text) as unknown) : undefined,
  };
}
