import { errorCatalog, fieldErrorCatalog } from "../../errors/catalog.ts";
import { pageAnswer } from "../docs-answer.ts";
import type { Action } from "../route.ts";

/** `GET /docs/errors`: what the `type` of a problem document leads to, each code under its own anchor. */
export const errorsPage: Action = {
  name: "errors",
  access: undefined,
  reads: [],
  answers: ["text/html"],
  validate: () => undefined,
  control: () => pageAnswer(errorsHtml()),
};

function errorsHtml(): string {
  const codes = Object.entries(errorCatalog).map(([code, { status, title, when }]) =>
    row(code, [String(status), title, when]),
  );
  const fields = Object.entries(fieldErrorCatalog).map(([code, when]) => row(`field-${code}`, [when], code));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Error codes</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<header class="top">
<a class="brand" href="/docs"><svg viewBox="0 0 16 16" aria-hidden="true"><rect width="16" height="16" rx="4"/><path d="M4 8h8"/></svg><b>Error codes</b></a>
<nav class="links" aria-label="More"><a href="/docs">All endpoints</a></nav>
</header>
<main class="alone">
<p>Every error is a problem document (RFC 9457). Its <code>code</code> is one of these and never changes its meaning; its <code>type</code> leads here.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Title</th><th>When</th></tr></thead>
<tbody>
${codes.join("\n")}
</tbody>
</table>
<h2>Findings about one field</h2>
<p>With <code>invalid_data</code> and <code>unique</code> the member <code>errors</code> lists what is wrong where: a JSON pointer, a message, and one of these codes.</p>
<table>
<thead><tr><th>Code</th><th>When</th></tr></thead>
<tbody>
${fields.join("\n")}
</tbody>
</table>
</main>
</body>
</html>
`;
}

function row(anchor: string, cells: readonly string[], code = anchor): string {
  const others = cells.map((cell) => `<td>${escaped(cell)}</td>`).join("");
  return `<tr id="${escaped(anchor)}"><td><a href="#${escaped(anchor)}"><code>${escaped(code)}</code></a></td>${others}</tr>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
