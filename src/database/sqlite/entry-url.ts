/** The file that a thread or child starts with: beside this one, compiled (`.js`) or as written (`.ts`) like it. */
export function entryUrl(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}
