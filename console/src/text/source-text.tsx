import { useMemo } from "react";
import { visible } from "./visible-text.ts";
import "./text.css";

const PARTS =
  /(\/\/[^\n]*)|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\b(import|from|export|default|const|throw|new|true|false|null|as)\b(?!\s*[:(])|(\b\d[\d.]*\b)|(\b[A-Za-z_$][\w$]*(?=\())/g;
const KINDS = ["comment", "string", "keyword", "number", "call"] as const;

/** TypeScript, its words told apart. */
export function SourceText({ text, label }: { readonly text: string; readonly label: string }) {
  const parts = useMemo(() => partsOf(text), [text]);
  return (
    <pre className="paper-text source" tabIndex={0} role="region" aria-label={label}>
      {parts.map((part, at) =>
        typeof part === "string" ? (
          visible(part)
        ) : (
          <span key={at} className={`source-${part.kind}`}>
            {visible(part.text)}
          </span>
        ),
      )}
    </pre>
  );
}

function partsOf(text: string): (string | { readonly kind: string; readonly text: string })[] {
  const parts: ReturnType<typeof partsOf> = [];
  let from = 0;
  for (const found of text.matchAll(PARTS)) {
    const kind = KINDS[found.slice(1).findIndex((group) => group !== undefined)] ?? "call";
    parts.push(text.slice(from, found.index), { kind, text: found[0] });
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}
