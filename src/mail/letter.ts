import type { Mail } from "./mail.ts";

/** Letters of a person's name that a greeting repeats. */
const LONGEST_NAME = 50;
/** Letters of an application's title in a subject. */
const LONGEST_TITLE = 100;

/** What stands in a short mail, in the order in which it is read. */
export interface Letter {
  readonly to: string;
  /** The application's title: trusted, but it may have any letters. */
  readonly title: string;
  /** What comes before the title in the subject, as "Confirm your address for". */
  readonly subject: string;
  /** Whom it greets, as that person wrote it. */
  readonly name: string | undefined;
  readonly before: readonly string[];
  readonly link: { readonly label: string; readonly url: string } | undefined;
  readonly after: readonly string[];
}

/** Writes a letter as plain text and as simple HTML without pictures, scripts or foreign addresses. */
export function writeLetter({ to, title, subject, name, before, link, after }: Letter): Mail {
  const application = oneLine(title, LONGEST_TITLE);
  const called = name === undefined ? "" : greetable(name);
  const greeting = called === "" ? "Hello," : `Hello ${called},`;
  const text = [
    greeting,
    ...before,
    ...(link === undefined ? [] : [`${link.label}:\n${link.url}`]),
    ...after,
    application,
  ];
  const button = link === undefined ? [] : [linkHtml(link)];
  const body = [
    paragraph(greeting),
    ...before.map(paragraph),
    ...button,
    ...after.map(paragraph),
    paragraph(application),
  ];
  return {
    to,
    subject: `${subject} ${application}`,
    text: `${text.join("\n\n")}\n`,
    html: `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(application)}</title></head><body style="font-family:sans-serif;line-height:1.5;max-width:36rem">\n${body.join("\n")}\n</body></html>\n`,
  };
}

/**
 * A name as a greeting may repeat it: anybody can sign up with somebody else's address, and must not so send that
 * person a link or a text of their own.
 */
function greetable(name: string): string {
  const line = oneLine(name, LONGEST_NAME + 1);
  const isName = line.length <= LONGEST_NAME && !/[:/\\@<>[\](){}$%=&#?]|\.\S|\d{4}/u.test(line);
  return isName ? line : "";
}

function oneLine(text: string, mostLetters: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029\s]+/gu, " ").trim();
  return [...line].slice(0, mostLetters).join("");
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function linkHtml({ label, url }: { readonly label: string; readonly url: string }): string {
  return `<p><a href="${escaped(url)}">${escaped(label)}</a></p>\n<p style="word-break:break-all">${escaped(url)}</p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? "");
}
