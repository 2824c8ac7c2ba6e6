import { visible } from "./visible-text.ts";
import "./text.css";

const PARTS =
  /("(?:[^"]|"")*")|('(?:[^']|'')*')|\b(SELECT|FROM|WHERE|AND|OR|NOT|IN|IS|NULL|INSERT|INTO|VALUES|UPDATE|SET|DELETE|RETURNING|ORDER|GROUP|BY|HAVING|LIMIT|OFFSET|JOIN|LEFT|ON|AS|CASE|WHEN|THEN|ELSE|END|EXISTS|DESC|ASC|LIKE|CAST|UNION|ALL|DISTINCT|WITH|CONFLICT|DO|CREATE|TABLE|INDEX|VIEW|TRIGGER|DROP|ALTER|RENAME|TO|ADD|COLUMN|UNIQUE|PRIMARY|FOREIGN|KEY|REFERENCES|CHECK|DEFAULT|CONSTRAINT|STRICT)\b|(\?\d*)/g;
const KINDS = ["name", "string", "keyword", "place"] as const;

/** A statement exactly as it ran, its words told apart. */
export function SqlText({ sql, label = "The statement" }: { readonly sql: string; readonly label?: string }) {
  const parts: (string | { readonly kind: string; readonly text: string })[] = [];
  let from = 0;
  for (const found of sql.matchAll(PARTS)) {
    const kind = KINDS[found.slice(1).findIndex((group) => group !== undefined)] ?? "name";
    parts.push(sql.slice(from, found.index), { kind, text: found[0] });
    from = found.index + found[0].length;
  }
  parts.push(sql.slice(from));
  return (
    <pre className="paper-text sql" tabIndex={0} role="region" aria-label={label}>
      {parts.map((part, at) =>
        typeof part === "string" ? (
          visible(part)
        ) : (
          <span key={at} className={`sql-${part.kind}`}>
            {visible(part.text)}
          </span>
        ),
      )}
    </pre>
  );
}
