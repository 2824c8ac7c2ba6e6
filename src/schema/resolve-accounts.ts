import { DeclarationError } from "../errors/declaration-error.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { type AccountsModel, type ColumnModel, isRequired } from "./model.ts";
import type { Rule } from "./rule.ts";
import type { TableDraft } from "./table-draft.ts";
import type { AccountsOptions, TableSpec } from "./table.ts";

const OPTIONS: readonly string[] = ["identifier", "verify", "anonymous"] satisfies (keyof AccountsOptions)[];

/** Storages of a key that has one text: a token and an account name the row by it. */
const KEY_STORAGES: readonly string[] = ["integer", "bigint", "text", "uuid"];

/** What the declaration says of who signs in. */
interface Asked {
  readonly named: string | undefined;
  readonly anonymous: boolean;
}

/** What makes the rows of a table accounts; undefined where they are none. The columns and indexes are resolved already. */
export function resolveAccounts(draft: TableDraft, spec: TableSpec): AccountsModel | undefined {
  const options = spec.accounts;
  if (options === undefined) return undefined;
  const where = `table ${draft.name}`;
  for (const option of Object.keys(options)) {
    if (!OPTIONS.includes(option))
      throw new DeclarationError(where, `.accounts() knows no option ${option}`, `Write ${OPTIONS.join(" or ")}`);
  }
  const { verify = true, anonymous = false } = options;
  if (typeof verify !== "boolean")
    throw new DeclarationError(where, "verify of .accounts() is true or false", "Write verify: false");
  if (typeof anonymous !== "boolean")
    throw new DeclarationError(where, "anonymous of .accounts() is true or false", "Write anonymous: true");
  if (anonymous && verify)
    throw new DeclarationError(
      where,
      "an anonymous account gets its name at once, so nobody verifies the address",
      "Write .accounts({ anonymous: true, verify: false })",
    );
  if (draft.view !== undefined)
    throw new DeclarationError(where, "a view has no accounts", "Put .accounts() on the table that it reads");
  checkKey(draft, where);
  if (!draft.adopted) refuseTakenNames(draft);
  const identifier = identifierOf(draft, { named: options.identifier, anonymous });
  if (anonymous) checkNameless(draft);
  const address = addressOf(draft, identifier);
  if (verify && address === undefined)
    throw new DeclarationError(
      where,
      "there is no one e-mail column to verify",
      "Declare one, or write .accounts({ verify: false })",
    );
  return { identifier, address, verify, anonymous, signUp: draft.rules.create };
}

/**
 * The rule of rows that are made without an account. Where addresses are verified, strangers must not learn which are
 * taken, and the database tells whoever creates a row: they sign up, and administrators alone create.
 */
export function ruleWithoutSignUp({ accounts, rules }: TableDraft): Rule {
  const tells = accounts?.verify === true && couldBeStrangers(accounts.signUp);
  return tells ? { rule: "administrators" } : rules.create;
}

/** Whether a rule may hold for a caller without an account, as far as it can be told without asking its functions. */
function couldBeStrangers(rule: Rule): boolean {
  switch (rule.rule) {
    case "everyone":
    case "sameAs":
    case "when":
      return true;
    case "and":
      return rule.of.every(couldBeStrangers);
    case "or":
      return rule.of.some(couldBeStrangers);
    default:
      return false;
  }
}

function checkKey(draft: TableDraft, where: string): void {
  const [key, ...more] = draft.key;
  if (key === undefined || more.length > 0)
    throw new DeclarationError(
      where,
      "accounts need a key of one column",
      "Remove .primaryKey() and make the columns unique: .unique(…)",
    );
  if (!KEY_STORAGES.includes(key.kind.storage.as))
    throw new DeclarationError(
      `${where}, column ${key.name}`,
      `a ${key.kind.name} cannot be the key of accounts`,
      "Use the generated id, an integer, a text or a uuid",
    );
}

/** Where mails go: what people sign in with, else the one e-mail column. */
function addressOf(draft: TableDraft, identifier: ColumnModel): ColumnModel | undefined {
  if (identifier.kind.name === "email") return identifier;
  const [only, other] = draft.columns.filter((column) => column.kind.name === "email");
  return other === undefined ? only : undefined;
}

/** Everything of an anonymous account's row is left to the server. */
function checkNameless(draft: TableDraft): void {
  const asked = draft.columns.find(isRequired);
  if (asked !== undefined)
    throw new DeclarationError(
      `table ${draft.name}, column ${asked.name}`,
      "an anonymous account has no value there",
      "Add .optional() or .default(…)",
    );
}

function identifierOf(draft: TableDraft, asked: Asked): ColumnModel {
  const { named } = asked;
  const where = `table ${draft.name}`;
  if (named === undefined) {
    const addresses = draft.columns.filter((column) => column.kind.name === "email" && isUnique(draft, column));
    const [only, other] = addresses;
    if (only !== undefined && other === undefined) return signedInWith(draft, only, asked);
    throw new DeclarationError(
      where,
      only === undefined ? "accounts need a unique column to sign in with" : "several columns could be signed in with",
      only === undefined
        ? "Declare one: email: email().unique()"
        : `Name one: .accounts({ identifier: ${JSON.stringify(only.name)} })`,
    );
  }
  const column = draft.column.get(named);
  if (column === undefined)
    throw new DeclarationError(
      where,
      `.accounts() names no column ${named}`,
      didYouMean(named, draft.column.keys()).trim() || "Declare it",
    );
  if (column.kind.storage.as !== "text")
    throw new DeclarationError(
      `${where}, column ${named}`,
      `nobody signs in with a ${column.kind.name}`,
      "Name a unique text or e-mail column",
    );
  if (!isUnique(draft, column))
    throw new DeclarationError(
      `${where}, column ${named}`,
      "two rows may have the same value, so it names no account",
      "Add .unique()",
    );
  return signedInWith(draft, column, asked);
}

/** Names that the bodies of `/api/auth/…` have beside a row's columns. */
const TAKEN: readonly string[] = ["password", "code", "accounts", "session"];

function signedInWith(draft: TableDraft, column: ColumnModel, { anonymous }: Asked): ColumnModel {
  const where = `table ${draft.name}, column ${column.name}`;
  if (column.optional && !anonymous)
    throw new DeclarationError(where, "who has no value there could not sign in", "Remove .optional()");
  if (!column.optional && anonymous)
    throw new DeclarationError(where, "an anonymous account has no value there", "Add .optional()");
  if (column.filled !== undefined || column.role === "generated_key")
    throw new DeclarationError(where, "the server fills the column that people sign in with", "Name another column");
  return column;
}

/** A column of such a name could not be sent in a sign-up. */
function refuseTakenNames(draft: TableDraft): void {
  const taken = draft.columns.find(({ name }) => TAKEN.includes(name));
  if (taken !== undefined)
    throw new DeclarationError(
      `table ${draft.name}, column ${taken.name}`,
      `a sign-up has a member ${taken.name} of its own`,
      taken.name === "password" ? "Remove it: Servery keeps passwords itself" : "Rename the column",
    );
}

function isUnique(draft: TableDraft, column: ColumnModel): boolean {
  return column.unique || (draft.key.length === 1 && draft.key[0] === column);
}
