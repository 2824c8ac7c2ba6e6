import { pageAnswer, readDocsFile } from "../../docs-answer.ts";
import type { Action, Route } from "../../route.ts";

const noTable = { method: "GET", table: undefined, relation: undefined } as const;

/**
 * A page that a mail's link opens, for applications without one of their own. Looking at it changes nothing: programs
 * that look through mails open every link. The token stays in the address, which goes to nobody from here.
 */
function mailPage(name: string): Action {
  return {
    name,
    access: undefined,
    anybody: true,
    reads: [],
    answers: ["text/html"],
    validate: () => undefined,
    async control() {
      const answer = pageAnswer(await readDocsFile(`${name}.html`));
      const headers = { ...answer.headers, "cache-control": "no-store", "referrer-policy": "no-referrer" };
      return { ...answer, headers };
    },
  };
}

function mailPageFile(name: string): Action {
  const type = name.endsWith(".css") ? "text/css" : "text/javascript";
  return {
    name,
    access: undefined,
    anybody: true,
    reads: [],
    answers: [type],
    validate: () => undefined,
    control: async () => ({
      status: 200,
      headers: { "content-type": `${type}; charset=utf-8`, "cache-control": "no-cache" },
      body: await readDocsFile(name),
    }),
  };
}

/** The pages that the links of mails lead to. */
export const mailPages: readonly Route[] = [
  { ...noTable, pattern: "/verify-email", action: mailPage("verify-email") },
  { ...noTable, pattern: "/reset-password", action: mailPage("reset-password") },
  { ...noTable, pattern: "/mail-page.js", action: mailPageFile("mail-page.js") },
  { ...noTable, pattern: "/mail-page.css", action: mailPageFile("mail-page.css") },
];
