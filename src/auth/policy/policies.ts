import { LRUCache } from "lru-cache";
import type { SchemaModel } from "../../schema/model.ts";
import { type Account, ADMINISTRATOR } from "../account.ts";
import type { PrincipalSource } from "../authentication.ts";
import { type CallerValues, permitted, type Principal } from "../principal.ts";
import type { Access } from "./access.ts";
import { buildAccess } from "./build-access.ts";
import { accountCaller, NOBODY } from "./rule-caller.ts";
import { type FilterReader, RuleFunctions, type Verdicts } from "./rule-functions.ts";
import { rolesOf } from "./walk-rules.ts";

/** Kinds of callers whose compiled access is kept. A rule's function may answer filters of many structures. */
const KEPT_KINDS = 200;

/** Is told of a rule's function that failed: it denies, and somebody should know. */
export type ReportRule = (cause: unknown) => void;

/** Makes principals: who asks, with every rule of the declaration decided for it. Holds no state of any engine. */
export class Policies {
  readonly #schema: SchemaModel;
  readonly #functions: RuleFunctions;
  /** Roles that some rule names: others distinguish nobody. */
  readonly #roles: readonly string[];
  readonly #kept = new LRUCache<string, Access>({ max: KEPT_KINDS });
  readonly #system: Access;

  constructor(schema: SchemaModel, reader: FilterReader) {
    this.#schema = schema;
    this.#functions = new RuleFunctions(schema, reader);
    this.#roles = [...rolesOf(schema)].toSorted();
    this.#system = buildAccess(schema, { kind: "system" }, new Map());
  }

  /** The same principals for one engine, which is told of rules that fail. */
  source(report: ReportRule): PrincipalSource {
    return { anonymous: this.anonymous(report), account: (account) => this.account(account, report) };
  }

  /** A caller that showed no credentials. */
  anonymous(report: ReportRule): Principal {
    const verdicts = this.#functions.ask(NOBODY, report);
    const access = this.#access(JSON.stringify(["anonymous", verdicts.signature]), () =>
      buildAccess(this.#schema, { kind: "anonymous" }, this.#functions.nodes(verdicts, 0)),
    );
    return permitted({ kind: "anonymous" }, { access, values: verdicts.values });
  }

  account(account: Account, report: ReportRule): Principal {
    const { table, key, roles, scopes } = account;
    const administrator = roles.includes(ADMINISTRATOR);
    // An administrator passes them all.
    const verdicts: Verdicts = administrator
      ? { signature: "", values: [], results: [] }
      : this.#functions.ask(accountCaller(account), report);
    const held = administrator ? [ADMINISTRATOR] : this.#roles.filter((role) => roles.includes(role));
    const name = JSON.stringify(["account", table, held, scopes ?? null, verdicts.signature]);
    const access = this.#access(name, () =>
      buildAccess(this.#schema, { kind: "account", table, roles: held, scopes }, this.#functions.nodes(verdicts, 1)),
    );
    const values: CallerValues = [key, ...verdicts.values];
    return permitted({ kind: "account", account }, { access, values });
  }

  /** The server's own work; `reason` says why no caller stands behind it. */
  system(reason: string): Principal {
    return permitted({ kind: "system", reason }, { access: this.#system, values: [] });
  }

  /** What some caller of a kind may do, for descriptions. Where that depends on the caller, it depends on the row. */
  described(whom: "strangers" | "signed in" | "administrators"): Access {
    if (whom !== "administrators")
      return buildAccess(this.#schema, { kind: "somebody", signedIn: whom === "signed in" }, new Map());
    return buildAccess(this.#schema, { kind: "account", table: "", roles: [ADMINISTRATOR] }, new Map());
  }

  #access(name: string, make: () => Access): Access {
    const kept = this.#kept.get(name);
    if (kept !== undefined) return kept;
    const made = make();
    this.#kept.set(name, made);
    return made;
  }
}
