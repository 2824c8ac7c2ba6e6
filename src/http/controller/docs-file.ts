import { readDocsFile } from "../docs-answer.ts";
import type { Action } from "../route.ts";

/** The style and the scripts of the page: browsers ask for each by its name. */
export const docsFileNames = [
  "page.css",
  "panes.css",
  "form.css",
  "page.js",
  "answer.js",
  "credentials.js",
  "document.js",
  "element.js",
  "form.js",
  "list.js",
  "request.js",
  "schema.js",
] as const;

/** `GET /docs/page.css` and its neighbours. */
export function docsFile(name: (typeof docsFileNames)[number]): Action {
  const answers = name.endsWith(".css") ? "text/css" : "text/javascript";
  return {
    name: `docs-${name}`,
    access: undefined,
    reads: [],
    answers: [answers],
    validate: () => undefined,
    control: async () => ({
      status: 200,
      headers: { "content-type": `${answers}; charset=utf-8`, "cache-control": "no-cache" },
      body: await readDocsFile(name),
    }),
  };
}
