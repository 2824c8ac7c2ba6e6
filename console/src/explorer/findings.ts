import { headerOf, type ReceivedAnswer } from "../api/send-request.ts";

/** A problem document (RFC 9457), as far as it is shown beside the form. */
export interface ProblemDocument {
  readonly code?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly message: string }[];
}

export function problemOf(answer: ReceivedAnswer | undefined): ProblemDocument | undefined {
  if (answer === undefined || headerOf(answer, "content-type")?.startsWith("application/problem+json") !== true)
    return undefined;
  try {
    return JSON.parse(answer.text) as ProblemDocument;
  } catch {
    return undefined;
  }
}

/** What is wrong with each field, by its name; what belongs to no field stands under the empty name. */
export function findingsByField(answer: ReceivedAnswer | undefined): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { pointer, message } of problemOf(answer)?.errors ?? []) {
    const [name = ""] = pointer.slice(1).split("/");
    const field = name.replaceAll("~1", "/").replaceAll("~0", "~");
    found.set(field, [...(found.get(field) ?? []), message]);
  }
  return found;
}
