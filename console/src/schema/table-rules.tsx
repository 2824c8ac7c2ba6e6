import { visible } from "../text/visible-text.ts";
import { ruleWords } from "./rule-words.ts";
import type { PolicyMatrix, TableDescription } from "./table-description.ts";

/** Who may do what, in words, and the rule as the declaration writes it. */
export function RuleList({ table }: { readonly table: TableDescription }) {
  return (
    <div>
      <h3>Who may</h3>
      <dl className="rule-list">
        {Object.entries(table.rules).map(([action, rule]) => (
          <div key={action} data-rule-of={action}>
            <dt>{visible(action.replaceAll("_", " "))}</dt>
            <dd>
              {visible(ruleWords(rule))}
              <code className="soft">{visible(rule)}</code>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

const SIGNS: Readonly<Record<string, readonly [sign: string, kind: string]>> = {
  allowed: ["✓", "went"],
  denied: ["✕", "soft"],
  "some rows": ["◐", "some"],
};

/** What the rules come to: the same that `servery policy print` prints. */
export function PolicyTables({ table, matrix }: { readonly table: string; readonly matrix: readonly PolicyMatrix[] }) {
  return (
    <div>
      {matrix.map(({ name, actions, rows }) => (
        <div
          key={name}
          className="policy"
          data-matrix={name}
          tabIndex={0}
          role="region"
          aria-label={`Policy of ${visible(name)}`}
        >
          <h3>{name === table ? "What they come to" : <>Column {visible(name.slice(table.length + 1))}</>}</h3>
          <table className="schema-table">
            <thead>
              <tr>
                <th scope="col">Who</th>
                {actions.map((action) => (
                  <th key={action} scope="col">
                    {visible(action)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ who, verdicts }) => (
                <tr key={who}>
                  <th scope="row">{visible(who)}</th>
                  {verdicts.map((verdict, at) => (
                    <td key={actions[at]} className={`verdict-${SIGNS[verdict]?.[1] ?? ""}`}>
                      {SIGNS[verdict]?.[0] ?? ""} {visible(verdict)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </div>
  );
}
