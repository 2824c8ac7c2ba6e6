import type { HttpAnswer } from "servery";

/** The body of an answer as text, read to its end where it comes in pieces. */
export async function answerText(body: HttpAnswer["body"]): Promise<string> {
  if (body === undefined || typeof body === "string") return body ?? "";
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  let text = "";
  for await (const piece of body) text += piece;
  return text;
}
