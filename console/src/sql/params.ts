/** What was typed as values: the list, or what is wrong with it. */
export type TypedParams = { readonly params: readonly unknown[] } | { readonly problem: string };

/** Reads the JSON list of values; nothing typed is no value. */
export function readParams(text: string): TypedParams {
  if (text.trim() === "") return { params: [] };
  try {
    const params: unknown = JSON.parse(text);
    if (!Array.isArray(params)) return { problem: 'Write the values as a JSON list: [10, "draft"].' };
    if (params.some((value) => typeof value === "object" && value !== null))
      return { problem: "A value is a text, a number, true, false or null." };
    // JavaScript would round it, and the statement would meet another row.
    if (params.some((value) => Number.isInteger(value) && !Number.isSafeInteger(value)))
      return { problem: "A number beyond 2^53 loses digits here. Write it as a text." };
    return { params };
  } catch {
    return { problem: 'This is no JSON. Write the values as a list: [10, "draft"].' };
  }
}
