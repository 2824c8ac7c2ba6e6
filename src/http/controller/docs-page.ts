import type { Action } from "../route.ts";

/** `GET /docs`: the API as a page that needs nothing from outside. */
export const docsPage: Action = {
  name: "docs",
  access: undefined,
  takesBody: false,
  answers: "text/html",
  validate: () => undefined,
  control: () => ({ status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: "<!doctype html>" }),
};
