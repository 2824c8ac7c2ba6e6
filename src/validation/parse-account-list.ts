import { isRoleName } from "../auth/account.ts";
import { Problem } from "../errors/problem.ts";
import type { AccountsTable, SchemaModel } from "../schema/model.ts";
import type { Checked } from "./command.ts";
import { accountsTableOf } from "./parse-account.ts";
import { decodeSegment } from "./parse-key.ts";
import { invalidParameter, type PlainParameters, plainParameters, truth, wholeNumber } from "./plain-parameters.ts";
import { checked } from "./write-request.ts";

/** Accounts that one answer lists at most, and unless told; and rows that one question names. */
const MOST = 500;
const USUAL = 50;
/** Accounts that are passed over at most: each costs a step. */
const FURTHEST = 1_000_000;

/** Which accounts are listed. */
export interface AccountListCommand extends Checked {
  readonly account: "list";
  readonly table: AccountsTable;
  /** Of these rows alone. */
  readonly keys: readonly string[];
  readonly role: string | undefined;
  readonly disabled: boolean | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Whose sessions end. */
export interface EndSessionsCommand extends Checked {
  readonly account: "endSessions";
  readonly table: AccountsTable;
  readonly key: string;
}

/** `?accounts=users&role=admin&disabled=false&key=5&key=6&limit=50&offset=0`. */
export function parseAccountList(query: string, schema: SchemaModel): AccountListCommand {
  const given = plainParameters(query, ["accounts", "role", "disabled", "limit", "offset"], ["key"]);
  const role = given.get("role")?.[0];
  if (role !== undefined && !isRoleName(role))
    throw invalidParameter("role is a name like admin: small letters, digits, - and _.");
  const keys = given.get("key") ?? [];
  if (keys.length > MOST) throw new Problem("limit_exceeded", `key comes ${MOST} times at most.`);
  return checked({
    account: "list",
    table: accountsTable(given, schema),
    keys,
    role,
    disabled: truth(given, "disabled"),
    limit: wholeNumber(given, { name: "limit", least: 1, most: MOST, usual: USUAL }),
    offset: wholeNumber(given, { name: "offset", least: 0, most: FURTHEST, usual: 0 }),
  });
}

/** `?accounts=users`; `key` is a segment of the URL. */
export function parseEndSessions(
  query: string,
  { key, schema }: { readonly key: string; readonly schema: SchemaModel },
): EndSessionsCommand {
  const table = accountsTable(plainParameters(query, ["accounts"]), schema);
  return checked({ account: "endSessions", table, key: decodeSegment(key) ?? "" });
}

function accountsTable(given: PlainParameters, schema: SchemaModel): AccountsTable {
  return accountsTableOf(given.get("accounts")?.[0], schema, invalidParameter);
}
