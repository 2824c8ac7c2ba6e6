import type { Bind } from "../query.ts";

/** A piece of SQL text with its bound values in the order of its placeholders. */
export interface Fragment {
  readonly text: string;
  readonly binds: readonly Bind[];
}

/** Text that was made here, from names the declaration gave and quoted; never a value of a request. */
export function raw(text: string): Fragment {
  return { text, binds: [] };
}

/** A placeholder and what is bound to it. */
export function bound(bind: Bind): Fragment {
  return { text: "?", binds: [bind] };
}

/** Joins pieces to one: strings are SQL text, fragments bring their values along. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Fragment | string | number)[]): Fragment {
  let text = strings[0] ?? "";
  const binds: Bind[] = [];
  for (const [at, part] of parts.entries()) {
    if (typeof part === "object") {
      text += part.text;
      binds.push(...part.binds);
    } else text += part;
    text += strings[at + 1] ?? "";
  }
  return { text, binds };
}

/** Pieces with a separator between them. */
export function joined(parts: readonly Fragment[], separator: string): Fragment {
  return { text: parts.map((part) => part.text).join(separator), binds: parts.flatMap((part) => part.binds) };
}
