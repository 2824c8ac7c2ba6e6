import { certainly, EVERYTHING, type FilterNode, NOTHING } from "../../schema/filter.ts";
import type { SchemaModel, TableModel } from "../../schema/model.ts";
import type { Rule, RuleCaller, RuleFilter } from "../../schema/rule.ts";
import type { Stored } from "../../schema/stored.ts";
import type { CallerValues } from "../principal.ts";
import { askRule } from "./ask-rule.ts";
import { withCallerValues } from "./caller-values.ts";
import { rulesOf } from "./walk-rules.ts";

/** What one value of a filter takes: a text becomes a stored value, or is refused. */
export interface ValueSlot {
  readonly list: boolean;
  readonly parse: (text: string) => Stored | undefined;
}

/** How the filter of a rule's function is read: as that of a `?filter=`, which validation plugs in. */
export interface FilterReader {
  /** The structure of a filter without its values, and those in order. Throws where it is none. */
  take(filter: RuleFilter): { readonly signature: string; readonly values: readonly (string | readonly string[])[] };
  /** A filter on a table, its values as slots. Throws for names that are not there. */
  parse(table: TableModel, filter: RuleFilter): { readonly node: FilterNode; readonly slots: readonly ValueSlot[] };
}

type Result = boolean | { readonly node: FilterNode; readonly signature: string; readonly values: CallerValues };

/** What the functions of all rules answered for one caller. */
export interface Verdicts {
  /** Callers with equal signatures differ in values alone. */
  readonly signature: string;
  readonly values: CallerValues;
  readonly results: readonly Result[];
}

/** A function in its place: it decides about the rows of this table. */
interface FunctionPlace {
  readonly table: TableModel;
  readonly rule: Extract<Rule, { rule: "when" }>;
}

/** The rules that are functions of the caller, all those of a declaration. */
export class RuleFunctions {
  readonly #places: readonly FunctionPlace[];
  readonly #reader: FilterReader;

  constructor(schema: SchemaModel, reader: FilterReader) {
    this.#reader = reader;
    this.#places = [...rulesOf(schema)].flatMap(({ table, rule }) => (rule.rule === "when" ? [{ table, rule }] : []));
  }

  /** Asks every function. One that fails denies, and is reported. */
  ask(caller: RuleCaller, report: (cause: unknown) => void): Verdicts {
    const results = this.#places.map((place) => this.#askOne(place, caller, report));
    return {
      results,
      signature: JSON.stringify(results.map((result) => (typeof result === "boolean" ? result : result.signature))),
      values: results.flatMap((result) => (typeof result === "boolean" ? [] : result.values)),
    };
  }

  /** The answers as filters whose values are the caller's own, counted from `first`. */
  nodes({ results }: Pick<Verdicts, "results">, first: number): ReadonlyMap<string, ReadonlyMap<Rule, FilterNode>> {
    const nodes = new Map<string, Map<Rule, FilterNode>>();
    let next = first;
    for (const [at, { table, rule }] of this.#places.entries()) {
      const ofTable = nodes.get(table.name) ?? new Map<Rule, FilterNode>();
      nodes.set(table.name, ofTable);
      const result = results[at];
      if (typeof result === "object") {
        ofTable.set(rule, withCallerValues(result.node, next));
        next += result.values.length;
      } else ofTable.set(rule, result === true ? EVERYTHING : NOTHING);
    }
    return nodes;
  }

  #askOne({ table, rule }: FunctionPlace, caller: RuleCaller, report: (cause: unknown) => void): Result {
    try {
      const answer = askRule(rule.filter, caller);
      if (typeof answer === "boolean") return answer;
      if (!isPlain(answer)) throw new TypeError("it answered neither a filter of plain objects nor true or false");
      // A missing value denies: a caller without an account has no id, and nobody's rows are its own.
      if (hasUndefined(answer)) return false;
      const { signature, values: texts } = this.#reader.take(answer);
      const { node, slots } = this.#reader.parse(table, answer);
      // A condition that was left out would open every row.
      if (certainly(node) === true)
        throw new TypeError("its filter has no condition; true says that every row is meant");
      const values = slots.map((slot, at) => valueOf(slot, texts[at] as string | readonly string[]));
      return { node, signature, values };
    } catch (cause) {
      report(new Error(`a rule of ${table.name} failed, and denies`, { cause }));
      return false;
    }
  }
}

/** Whether all that a filter says stands in members of its own: of a Map, a Set or an instance none would be read. */
function isPlain(value: unknown): value is RuleFilter {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  const members = Object.values(value);
  return Reflect.ownKeys(value).length === members.length && members.every(isPlainMember);
}

function isPlainMember(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlainMember);
  return typeof value !== "object" || value === null || isPlain(value);
}

function hasUndefined(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUndefined);
}

function valueOf(slot: ValueSlot, text: string | readonly string[]): Stored | Stored[] {
  const parse = (one: string): Stored => {
    const value = slot.parse(one);
    if (value === undefined) throw new TypeError(`a value does not fit its column: ${JSON.stringify(one)}`);
    return value;
  };
  if (slot.list !== Array.isArray(text)) throw new TypeError("a list and one value stand in each other's place");
  return typeof text === "string" ? parse(text) : text.map(parse);
}
