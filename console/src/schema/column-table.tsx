import { textOf } from "../text/text-of.ts";
import { visible } from "../text/visible-text.ts";
import { ruleWords } from "./rule-words.ts";
import type { ColumnDescription, TableDescription } from "./table-description.ts";

/** The columns as they are declared. */
export function ColumnTable({ table }: { readonly table: TableDescription }) {
  return (
    <div className="schema-frame" tabIndex={0} role="region" aria-label="Columns">
      <table className="schema-table">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Kind</th>
            <th scope="col">Is</th>
            <th scope="col">Default</th>
            <th scope="col">Read by</th>
            <th scope="col">Written by</th>
          </tr>
        </thead>
        <tbody>
          {table.columns.map((column) => (
            <tr key={column.name} data-column={column.name}>
              <th scope="row" className="mono">
                {visible(column.name)}
              </th>
              <td>
                <span className="mono">{visible(column.kind)}</span>
                <span className="soft small schema-expects">{visible(column.expects)}</span>
              </td>
              <td>{visible(natureOf(column, table).join(", "))}</td>
              <td className="mono">
                {column.default === null ? <span className="soft">none</span> : visible(textOf(column.default))}
              </td>
              <td>{visible(column.private ? "nobody, through the API" : ruleWords(column.readable))}</td>
              <td>{visible(writers(column))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function natureOf(column: ColumnDescription, { key }: TableDescription): string[] {
  const { references } = column;
  const said: readonly (readonly [boolean, string])[] = [
    [key.includes(column.name), "the key"],
    [column.role === "owner", "the owner"],
    [references !== null, `refers to ${references?.table}.${references?.column} (${deletion(references?.on_delete)})`],
    [column.optional, "optional"],
    [column.unique, "unique"],
    [column.private, "private"],
    [column.search, "searched"],
    [column.index, "indexed"],
    [column.role === "computed", "computed"],
    [isFilled(column), "filled by the server"],
  ];
  return said.flatMap(([holds, words]) => (holds ? [words] : []));
}

/** What becomes of a row whose other end is deleted. */
function deletion(onDelete: string | undefined): string {
  if (onDelete === "cascade") return "deleted with it";
  return onDelete === "restrict" ? "keeps it from being deleted" : `on delete ${onDelete}`;
}

function isFilled({ role }: ColumnDescription): boolean {
  return ["generated_key", "created_at", "updated_at", "filled"].includes(role);
}

function writers(column: ColumnDescription): string {
  if (column.role === "computed") return "nobody: it is computed";
  return isFilled(column) || column.role === "owner" ? "the server" : ruleWords(column.writable);
}
