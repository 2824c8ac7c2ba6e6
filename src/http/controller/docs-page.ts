import { pageAnswer, readDocsFile } from "../docs-answer.ts";
import type { Action } from "../route.ts";

/** `GET /docs`: the API as a page that needs nothing from outside. */
export const docsPage: Action = {
  name: "docs",
  access: undefined,
  reads: [],
  answers: ["text/html"],
  validate: () => undefined,
  control: async () => pageAnswer(await readDocsFile("page.html")),
};
