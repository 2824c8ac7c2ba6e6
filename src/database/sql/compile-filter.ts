import type { FilterNode, SortKey } from "../../schema/filter.ts";
import type { ColumnModel } from "../../schema/model.ts";
import { allOf, EVERYTHING } from "../../schema/filter.ts";
import type { SqlDialect } from "./dialect.ts";
import { bound, type Fragment, joined, raw, sql } from "./fragment.ts";

/** Hands out table aliases and compiles conditions; one for each statement. */
export class FilterCompiler {
  readonly dialect: SqlDialect;
  #aliases = 0;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
  }

  alias(): string {
    return `t${this.#aliases++}`;
  }

  column(alias: string, name: string): string {
    return `${alias}.${this.dialect.quote(name)}`;
  }

  /** A column in the form in which values are bound, compared and sorted. */
  value(alias: string, column: ColumnModel): string {
    return this.dialect.value(column, this.column(alias, column.name));
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
        return raw(`${this.value(alias, node.column)} IS ${node.yes ? "" : "NOT "}NULL`);
      case "compare":
        return this.#compare(node, alias);
      case "related":
        return this.#related(node, alias);
    }
  }

  /** The expression of a sort key; over relations it is a scalar subquery. */
  sortExpression(key: Pick<SortKey, "path" | "column">, alias: string): Fragment {
    const [hop, ...rest] = key.path;
    if (hop === undefined) return raw(this.value(alias, key.column));
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
      sort.map((key) => sql`${this.sortExpression(key, alias)}${key.descending ? " DESC" : ""}`),
      ", ",
    );
  }

  #compare(node: Extract<FilterNode, { is: "compare" }>, alias: string): Fragment {
    const { column, operator, value } = node;
    return this.dialect.compare({
      column,
      operator,
      expression: this.value(alias, column),
      held: this.column(alias, column.name),
      value: (as) => {
        if ("slot" in value) return bound({ from: "slot", slot: value.slot, ...(as === undefined ? {} : { as }) });
        return bound({ from: "constant", value: as === undefined ? value.stored : as(value.stored) });
      },
    });
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
