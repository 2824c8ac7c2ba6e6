import { isRoleName } from "../auth/account.ts";
import type { SchemaModel } from "../schema/model.ts";
import type { Json } from "../schema/stored.ts";
import type { ManageAccountCommand } from "./command.ts";
import { invalid, membersOf, onlyMembers, tableOf } from "./parse-account.ts";
import { decodeSegment } from "./parse-key.ts";
import { checked } from "./write-request.ts";

/** Roles of one account: more than any application tells apart. */
const MOST_ROLES = 100;

/** What is to become of an account; `key` is a segment of the URL. */
export function parseManagedAccount(
  body: Json | undefined,
  { key, schema }: { readonly key: string; readonly schema: SchemaModel },
): ManageAccountCommand {
  const members = membersOf(body);
  onlyMembers(members, ["roles", "disabled", "accounts"]);
  const table = tableOf(members, schema);
  const roles = members.get("roles");
  if (roles !== undefined && !isRoles(roles))
    throw invalid("roles", "type", "roles is a list of names like admin: small letters, digits, - and _.");
  const disabled = members.get("disabled");
  if (disabled !== undefined && typeof disabled !== "boolean")
    throw invalid("disabled", "type", "disabled is true or false.");
  const named = roles === undefined ? undefined : [...new Set(roles)];
  return checked({ account: "manage", table, key: decodeSegment(key) ?? "", roles: named, disabled });
}

function isRoles(value: Json): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_ROLES &&
    value.every((role) => typeof role === "string" && isRoleName(role))
  );
}
