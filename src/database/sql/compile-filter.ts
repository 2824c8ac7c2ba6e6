import type { FilterNode, FilterOperator, SortKey } from "../../schema/filter.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { allOf, EVERYTHING } from "../../schema/filter.ts";
import { formOf } from "../../schema/stored-form.ts";
import { memberNumbers } from "../../schema/member-value.ts";
import type { Stored } from "../../schema/stored.ts";
import type { BindValue, JsonMember, SqlDialect } from "./dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "./fragment.ts";

/** Operators that hold where there is no value, and what they are the opposite of. */
const OPPOSITES: Partial<Record<FilterOperator, FilterOperator>> = { ne: "eq", nin: "in" };

/** Hands out table aliases and compiles conditions; one for each statement. */
export class FilterCompiler {
  readonly dialect: SqlDialect;
  readonly #prefix: string;
  #aliases = 0;

  /** In a write the table goes by its own name, which an alias must not be: there the prefix is another. */
  constructor(dialect: SqlDialect, prefix = "t") {
    this.dialect = dialect;
    this.#prefix = prefix;
  }

  alias(): string {
    return `${this.#prefix}${this.#aliases++}`;
  }

  column(alias: string, name: string): string {
    return `${alias}.${this.dialect.quote(name)}`;
  }

  /** A column in the form in which values are bound, compared and sorted; null in rows where the caller does not see it. */
  value(alias: string, column: ColumnModel): Fragment {
    return this.#whereVisible(alias, column, raw(this.dialect.value(column, this.#held(alias, column))));
  }

  /** The same as JSON. */
  json(alias: string, column: ColumnModel): Fragment {
    return this.#whereVisible(alias, column, raw(this.dialect.jsonValue(column, this.#held(alias, column))));
  }

  /** A column as it is stored, or what the document in it has at the end of a path. */
  #held(alias: string, { name, member }: ColumnModel): string {
    return member === undefined
      ? this.column(alias, name)
      : this.dialect.member(member, this.column(alias, member.column));
  }

  /** The JSON object of a row's columns; of no column at all in rows that a condition leaves out. */
  rowJson(columns: readonly ColumnModel[], alias: string, readable: FilterNode = EVERYTHING): Fragment {
    if (readable.is === "constant") return readable.value ? this.object(columns, alias) : raw("'{}'");
    return sql`CASE WHEN ${this.compile(readable, alias)} THEN ${this.object(columns, alias)} ELSE '{}' END`;
  }

  /** The JSON object of a row's columns, and of what stands behind them. A document's members stand where its column is. */
  object(columns: readonly ColumnModel[], alias: string, behind: readonly JsonMember[] = []): Fragment {
    const written = (some: readonly ColumnModel[]): JsonMember[] =>
      some.map((column) => ({ key: column.name, value: this.json(alias, column) }));
    const at = columns.findIndex(({ document }) => document !== undefined);
    const { name, document } = columns[at] ?? {};
    if (name === undefined || document === undefined) return this.dialect.jsonObject([...written(columns), ...behind]);
    return this.dialect.documentObject({
      before: written(columns.slice(0, at)),
      document: this.column(alias, name),
      without: document.reserved,
      after: [...written(columns.slice(at + 1)), ...behind],
    });
  }

  #whereVisible(alias: string, { visible }: ColumnModel, value: Fragment): Fragment {
    return visible === undefined ? value : sql`CASE WHEN ${this.compile(visible, alias)} THEN ${value} END`;
  }

  /** A filter on the rows of `alias`. */
  compile(node: FilterNode, alias: string): Fragment {
    switch (node.is) {
      case "constant":
        return raw(node.value ? "1=1" : "1=0");
      case "all":
        return node.of.length === 0
          ? raw("1=1")
          : sql`(${joined(
              node.of.map((part) => this.compile(part, alias)),
              " AND ",
            )})`;
      case "any":
        return node.of.length === 0
          ? raw("1=0")
          : sql`(${joined(
              node.of.map((part) => this.compile(part, alias)),
              " OR ",
            )})`;
      case "not":
        return this.dialect.isNot(this.compile(node.of, alias));
      case "null":
        return sql`${this.value(alias, node.column)} IS ${node.yes ? "" : "NOT "}NULL`;
      case "compare":
        return this.#compare(node, alias);
      case "related":
        return this.#related(node, alias);
    }
  }

  /** The expression of a sort key; over relations it is a scalar subquery. */
  sortExpression(key: Pick<SortKey, "path" | "column">, alias: string): Fragment {
    const [hop, ...rest] = key.path;
    if (hop === undefined) return this.value(alias, key.column);
    const inner = this.alias();
    const value = this.sortExpression({ column: key.column, path: rest }, inner);
    const { dialect } = this;
    const link = `${this.column(inner, hop.relation.foreign)} = ${this.column(alias, hop.relation.local)}`;
    const { visible = EVERYTHING } = hop;
    const seen = visible.is === "constant" && visible.value ? raw("") : sql` AND ${this.compile(visible, inner)}`;
    return sql`(SELECT ${value} FROM ${dialect.quote(hop.table.name)} AS ${inner} WHERE ${link}${seen})`;
  }

  orderBy(sort: readonly SortKey[], alias: string): Fragment {
    return joined(
      sort.map((key) =>
        this.dialect.order(this.sortExpression(key, alias), { descending: key.descending, mayBeNull: mayBeNull(key) }),
      ),
      ", ",
    );
  }

  #compare(node: Extract<FilterNode, { is: "compare" }>, alias: string): Fragment {
    const { visible } = node.column;
    if (visible === undefined) return this.#compareHeld(node, alias);
    // As two conditions, so that an index of the column still serves. What is not seen is as good as null: it equals
    // nothing, and is not equal to everything.
    const opposite = OPPOSITES[node.operator];
    const seen = sql`(${this.#compareHeld({ ...node, operator: opposite ?? node.operator }, alias)} AND ${this.compile(visible, alias)})`;
    return opposite === undefined ? seen : this.dialect.isNot(seen);
  }

  #compareHeld({ column, operator, value }: Extract<FilterNode, { is: "compare" }>, alias: string): Fragment {
    const { member } = column;
    const bind: BindValue = (as) => {
      const form = member?.as === "number" ? { as: asNumber(as) } : as === undefined ? {} : { as };
      return "slot" in value
        ? bound({ from: "slot", slot: value.slot, ...form })
        : bound({ from: "caller", at: value.caller, ...form });
    };
    if (member?.each === true) return this.dialect.memberHolds(member, this.column(alias, member.column), bind());
    const held = this.#held(alias, column);
    return this.dialect.compare({ column, operator, expression: this.dialect.value(column, held), held, value: bind });
  }

  #related(node: Extract<FilterNode, { is: "related" }>, alias: string): Fragment {
    const inner = this.alias();
    const link = `${this.column(inner, node.relation.foreign)} = ${this.column(alias, node.relation.local)}`;
    const visible = node.visible ?? allOf();
    // "all" means that no visible row breaks the condition, so no row at all is fine.
    const wanted = node.match === "all" ? allOf(visible, { is: "not", of: node.of }) : allOf(visible, node.of);
    const condition =
      wanted.is === "constant" && wanted.value ? raw(link) : sql`${link} AND ${this.compile(wanted, inner)}`;
    const exists = sql`EXISTS (SELECT 1 FROM ${this.dialect.quote(node.table.name)} AS ${inner} WHERE ${condition})`;
    return node.match === "some" ? exists : sql`NOT ${exists}`;
  }
}

/** Whether a sort key may have no value: over a relation it is missing where the reference is. */
export function mayBeNull({ column, path }: Pick<SortKey, "column" | "path">): boolean {
  return (
    column.visible !== undefined || column.optional || path.length > 0 || formOf(column.kind.storage) !== undefined
  );
}

/** A text of a filter is bound as the number that it reads as: null, which equals nothing, where it reads as none. */
function asNumber(as: Parameters<BindValue>[0]): NonNullable<Parameters<BindValue>[0]> {
  return (value) => {
    const numbers = memberNumbers(value);
    return as === undefined ? (numbers as Stored) : as(numbers);
  };
}
