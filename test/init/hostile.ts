/** Names that SQL, URLs, JavaScript or a comment could take for something else. */
export const HOSTILE_NAMES = [
  "with space",
  "a.b",
  'double"quote',
  "single'quote",
  "back`tick",
  "left[bracket",
  "right]bracket",
  "semi;colon",
  "comma,name",
  "back\\slash",
  "per%cent",
  "sla/sh",
  "que?ry",
  "ha#sh",
  "select",
  "order",
  "group",
  "table",
  "limit",
  "sort",
  "fields",
  "include",
  "count",
  "ID",
  "größe",
  "名前",
  "😀",
  "1",
  "*/ alert(1) /*",
  "${1}",
  "line\u2028separator",
  "toString",
  "hasOwnProperty",
  "auth",
  "batch",
  "_hidden",
  "..",
] as const;

/** Names that no declaration can have, each with a word of the reason. */
export const IMPOSSIBLE_NAMES = [
  ["__proto__", "JavaScript"],
  ["constructor", "JavaScript"],
  ["new\nline", "control characters"],
  ["x".repeat(501), "500 bytes"],
] as const;

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
