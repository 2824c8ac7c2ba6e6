import { allOf, anyOf, certainly, EVERYTHING, type FilterNode, NOTHING } from "../../schema/filter.ts";
import {
  type ColumnModel,
  columnOf,
  isReadOnly,
  type SchemaModel,
  type TableModel,
  tableOf,
} from "../../schema/model.ts";
import type { Rule, TableAction } from "../../schema/rule.ts";
import { ADMINISTRATOR, type Scope } from "../account.ts";

/** What distinguishes callers before a rule's own functions are asked. */
export type CallerKind =
  | { readonly kind: "anonymous" | "system" }
  /** Any caller but an administrator, for descriptions: what some of them may do in some rows depends on the row. */
  | { readonly kind: "somebody"; readonly signedIn: boolean }
  | {
      readonly kind: "account";
      readonly table: string;
      readonly roles: readonly string[];
      readonly scopes?: readonly Scope[] | undefined;
    };

/** Where among a caller's own values the key of its account stands. */
const OWN_KEY = { caller: 0 } as const;

/** Turns rules into filters for callers of one kind. Pure: no database, no clock. What is not named is refused. */
export class RuleFilters {
  readonly #schema: SchemaModel;
  readonly #caller: CallerKind;
  /** What functions answered, by the table's name. */
  readonly #functions: ReadonlyMap<string, ReadonlyMap<Rule, FilterNode>>;

  constructor(schema: SchemaModel, caller: CallerKind, functions: ReadonlyMap<string, ReadonlyMap<Rule, FilterNode>>) {
    this.#schema = schema;
    this.#caller = caller;
    this.#functions = functions;
  }

  /** The rows of a table on which an action is allowed. */
  action(table: TableModel, action: TableAction): FilterNode {
    // Not even the server's own work can write them.
    if (isReadOnly(table) && action !== "read") return NOTHING;
    return this.#inScope(table, action) ? this.rule(table, table.rules[action], action) : NOTHING;
  }

  /** The rows of a table that may be made together with their accounts. */
  signUp(table: TableModel): FilterNode {
    if (table.accounts === undefined || !this.#inScope(table, "create")) return NOTHING;
    return this.rule(table, table.accounts.signUp, "create");
  }

  /** The rows of a table for which a rule holds; `action` is what `sameAs` asks for where it does not say. */
  rule(table: TableModel, rule: Rule, action: TableAction): FilterNode {
    if (this.#caller.kind === "system") return EVERYTHING;
    if (rule.rule === "nobody") return NOTHING;
    if (this.isAdministrator()) return EVERYTHING;
    if (this.#caller.kind === "somebody" && rule.rule !== "everyone") return this.#somebodys(table, rule, action);
    switch (rule.rule) {
      case "everyone":
        return EVERYTHING;
      case "signedIn":
        return this.#caller.kind === "account" ? EVERYTHING : NOTHING;
      case "owner":
        return this.#owned(table);
      case "self":
        return this.#isAccountOf(table.name) ? equalsOwnKey(table.key[0] as ColumnModel) : NOTHING;
      case "role":
        return this.#roles().includes(rule.name) ? EVERYTHING : NOTHING;
      case "and":
        return allOf(...rule.of.map((part) => this.rule(table, part, action)));
      case "or":
        return anyOf(...rule.of.map((part) => this.rule(table, part, action)));
      case "sameAs":
        return this.#sameAs(table, rule, action);
      case "when":
        return this.#answered(table, rule);
      case "administrators":
        return NOTHING;
    }
  }

  /** What a rule leaves to callers of whom nothing is known but whether they have an account. */
  #somebodys(table: TableModel, rule: Rule, action: TableAction): FilterNode {
    const some: FilterNode = { is: "null", column: table.columns[0] as ColumnModel, yes: false };
    switch (rule.rule) {
      case "and":
        return allOf(...rule.of.map((part) => this.rule(table, part, action)));
      case "or":
        return anyOf(...rule.of.map((part) => this.rule(table, part, action)));
      case "sameAs":
        return this.#sameAs(table, rule, action);
      case "when":
        return some;
      case "administrators":
        return NOTHING;
      case "role":
        return rule.name === ADMINISTRATOR || !this.#isKnown() ? NOTHING : some;
      default:
        return this.#isKnown() ? some : NOTHING;
    }
  }

  #answered(table: TableModel, rule: Rule): FilterNode {
    const answer = this.#functions.get(table.name)?.get(rule);
    if (answer === undefined) throw new Error(`a function of ${table.name} was not asked`);
    return answer;
  }

  #isKnown(): boolean {
    return this.#caller.kind === "somebody" && this.#caller.signedIn;
  }

  /** What the row allows that a relation leads to. Rings were refused when the model was made. */
  #sameAs(table: TableModel, rule: Extract<Rule, { rule: "sameAs" }>, action: TableAction): FilterNode {
    const relation = table.relations.get(rule.relation);
    if (relation === undefined) throw new Error(`a rule of ${table.name} leads nowhere: ${rule.relation}`);
    const target = tableOf(this.#schema, relation.table);
    const of = this.action(target, rule.action ?? action);
    if (certainly(of) === false) return NOTHING;
    return { is: "related", relation, table: target, match: "some", of };
  }

  /** Whether nothing is decided for a caller, but described for many. */
  get describes(): boolean {
    return this.#caller.kind === "somebody";
  }

  isAdministrator(): boolean {
    return this.#roles().includes(ADMINISTRATOR);
  }

  #roles(): readonly string[] {
    return this.#caller.kind === "account" ? this.#caller.roles : [];
  }

  #isAccountOf(table: string | undefined): boolean {
    return this.#caller.kind === "account" && this.#caller.table === table;
  }

  #owned(table: TableModel): FilterNode {
    const { owner } = table;
    if (owner === undefined || !this.#isAccountOf(owner.references?.table)) return NOTHING;
    return equalsOwnKey(columnOf(table, owner.name));
  }

  /** Credentials may open less than the account may do. */
  #inScope(table: TableModel, action: TableAction): boolean {
    if (this.#caller.kind !== "account" || this.#caller.scopes === undefined) return true;
    return this.#caller.scopes.some(
      (scope) => (scope.table === "*" || scope.table === table.name) && (action === "read" || scope.access === "write"),
    );
  }
}

function equalsOwnKey(column: ColumnModel): FilterNode {
  return { is: "compare", column, operator: "eq", value: OWN_KEY };
}
