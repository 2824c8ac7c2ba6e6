import type { Access } from "../auth/policy/access.ts";
import { checkPassword } from "../auth/password-text.ts";
import { type FieldError, Problem } from "../errors/problem.ts";
import { didYouMean } from "../errors/nearest-name.ts";
import { pointerTo } from "../schema/json-pointer.ts";
import { type AccountsTable, accountsTables, type ColumnModel, type SchemaModel, wholeTable } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type {
  AskMailCommand,
  ChangePasswordCommand,
  RefreshCommand,
  ResetCommand,
  SessionForm,
  SignInCommand,
  SignOutCommand,
  SignUpCommand,
  VerifyCommand,
} from "./command.ts";
import { parseCreate } from "./parse-create.ts";
import { quoted } from "./quoted.ts";
import { type BodyChecks, checked } from "./write-request.ts";

type Members = ReadonlyMap<string, Json>;

/** Members of a sign-up that are no columns of the row. */
const BESIDE_THE_ROW: readonly string[] = ["password", "accounts", "session"];

/** The members of a new row with a password. The row is checked like that of every POST. */
export function parseSignUp(body: Json | undefined, access: Access, checks: BodyChecks): SignUpCommand {
  const members = membersOf(body);
  const table = tableOf(members, access.schema);
  const form = formOf(members);
  const row = Object.fromEntries([...members].filter(([name]) => !BESIDE_THE_ROW.includes(name)));
  const request = {
    table,
    access,
    query: [],
    preconditions: { match: undefined, noneMatch: undefined },
    earlier: undefined,
    parent: undefined,
  };
  const create = parseCreate(request, row, checks);
  const sentAs = (column: ColumnModel): string => {
    const sent = create.rows[0]?.assignments.find((assignment) => assignment.column === column)?.value;
    return typeof sent === "string" ? sent : "";
  };
  const { name } = table.accounts.identifier;
  const identifier = sentAs(table.accounts.identifier);
  // The column is optional where accounts may be anonymous.
  if (identifier === "") throw invalid(name, "required", `${capital(name)} required.`);
  const address = sentAs(table.accounts.address ?? table.accounts.identifier);
  const password = checkPassword(members.get("password"), "/password", { email: identifier });
  return checked({ account: "sign_up", table, create, identifier, address, password, form });
}

/** The name of an account that is to get a mail. */
export function parseAskMail(body: Json | undefined, schema: SchemaModel): AskMailCommand {
  const members = membersOf(body);
  const table = tableOf(members, schema);
  const { name } = table.accounts.identifier;
  onlyMembers(members, [name, "accounts"]);
  return checked({ account: "ask_mail", table, identifier: textOf(members, name) });
}

/** The token of a mail. */
export function parseVerify(body: Json | undefined): VerifyCommand {
  const members = membersOf(body);
  onlyMembers(members, ["token"]);
  return checked({ account: "verify", token: textOf(members, "token") });
}

/** The token of a mail, and the password that is to be. */
export function parseReset(body: Json | undefined): ResetCommand {
  const members = membersOf(body);
  onlyMembers(members, ["token", "password"]);
  const token = textOf(members, "token");
  return checked({ account: "reset", token, password: checkPassword(members.get("password"), "/password") });
}

export function parseSignIn(body: Json | undefined, schema: SchemaModel): SignInCommand {
  const members = membersOf(body);
  const table = tableOf(members, schema);
  const { name } = table.accounts.identifier;
  onlyMembers(members, [name, "password", "code", "accounts", "session"]);
  const code = members.has("code") ? textOf(members, "code") : undefined;
  return checked({
    account: "sign_in",
    table,
    identifier: textOf(members, name),
    password: textOf(members, "password"),
    code,
    form: formOf(members),
  });
}

export function parseRefresh(body: Json | undefined): RefreshCommand {
  const members = body === undefined ? new Map<string, Json>() : membersOf(body);
  onlyMembers(members, ["refresh_token"]);
  return checked({ account: "refresh", refreshToken: optionalText(members, "refresh_token") });
}

export function parseSignOut(body: Json | undefined): SignOutCommand {
  const members = body === undefined ? new Map<string, Json>() : membersOf(body);
  onlyMembers(members, ["everywhere", "refresh_token"]);
  const everywhere = members.get("everywhere") ?? false;
  if (typeof everywhere !== "boolean") throw invalid("everywhere", "type", "everywhere is true or false.");
  return checked({ account: "sign_out", everywhere, refreshToken: optionalText(members, "refresh_token") });
}

export function parsePasswordChange(body: Json | undefined): ChangePasswordCommand {
  const members = membersOf(body);
  onlyMembers(members, ["current_password", "new_password"]);
  const currentPassword = textOf(members, "current_password");
  const newPassword = checkPassword(members.get("new_password"), "/new_password");
  return checked({ account: "change_password", currentPassword, newPassword });
}

/** The members of a body, which must be an object. */
export function membersOf(body: Json | undefined): Members {
  if (body === undefined) throw new Problem("body_required", "Send a JSON object.");
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new Problem("invalid_data", "The body must be a JSON object.", {
      errors: [{ pointer: "", code: "type", message: "The body must be a JSON object." }],
    });
  return new Map(Object.entries(body as { readonly [name: string]: Json }));
}

/** The accounts table that is meant: the first that is declared, unless the body names another. */
export function tableOf(members: Members, schema: SchemaModel): AccountsTable {
  const named = members.has("accounts") ? textOf(members, "accounts") : undefined;
  return accountsTableOf(named, schema, (message) => invalid("accounts", "not_in_list", message));
}

/** The accounts table of a name, or the first. Throws what `refusal` makes of a sentence where none has it. */
export function accountsTableOf(
  named: string | undefined,
  schema: SchemaModel,
  refusal: (message: string) => Problem,
): AccountsTable {
  const tables = accountsTables(schema);
  const table = named === undefined ? tables[0] : tables.find(({ path }) => path === named);
  if (table !== undefined) return wholeTable(table) as AccountsTable;
  throw refusal(`accounts is one of ${tables.map(({ path }) => path).join(", ")}.`);
}

function formOf(members: Members): SessionForm {
  const form = members.get("session") ?? "token";
  if (form === "token" || form === "cookie") return form;
  throw invalid("session", "not_in_list", 'session is "token" or "cookie".');
}

/** A text that must be there. */
export function textOf(members: Members, name: string): string {
  const value = members.get(name);
  if (value === undefined || value === "") throw invalid(name, "required", `${capital(name)} required.`);
  if (typeof value !== "string") throw invalid(name, "type", `${name} is a text.`);
  return value;
}

function optionalText(members: Members, name: string): string | undefined {
  return members.has(name) ? textOf(members, name) : undefined;
}

/** Refuses what a route does not know. */
export function onlyMembers(members: Members, known: readonly string[]): void {
  for (const name of members.keys()) {
    if (known.includes(name)) continue;
    const message = `There is no member ${quoted(name)}.${didYouMean(name, known)}`;
    throw invalid(name.slice(0, 100), "unknown_field", message);
  }
}

function capital(name: string): string {
  const words = name.replaceAll("_", " ");
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** A finding about one member. */
export function invalid(name: string, code: FieldError["code"], message: string): Problem {
  return new Problem("invalid_data", "The body does not fit.", {
    errors: [{ pointer: pointerTo(name), code, message }],
    error: message,
  });
}
