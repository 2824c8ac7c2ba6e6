import { bigint, email, everyone, integer, json, owner, ref, servery, signedIn, table, text } from "servery";
import type { EngineUnderTest } from "../harness/open-engine.ts";
import { signedInAs } from "../harness/sign-in.ts";

/** What whoever runs an application looks into. */
export const declaration = servery({
  title: "Notes",
  tables: {
    users: table({ email: email(100).unique(), secret: text(40).optional().private() })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone }),
    posts: table({
      user_id: ref("users").owner(),
      title: text(40).search(),
      likes: integer().default(0),
      size: bigint().optional(),
      extra: json().optional(),
    }).allow({ read: everyone, create: signedIn, update: owner, delete: owner }),
  },
  seed: () => [
    { table: "users", rows: [{ email: "alice@example.com", secret: "s3cret" }, { email: "root@example.com" }] },
    { table: "posts", rows: ["One", "Two", "Three"].map((title) => ({ user_id: 1, title })) },
  ],
});

/** Callers of an application in production: one who runs it, and one who does not. */
export async function callersOf(
  engine: EngineUnderTest,
): Promise<{ readonly admin: EngineUnderTest; readonly alice: EngineUnderTest; readonly key: string }> {
  const alice = await signedInAs(engine, { email: "alice@example.com" });
  const admin = await signedInAs(engine, { email: "root@example.com", roles: ["admin"] });
  const made = await admin.post("/api/auth/keys", { label: "all", scopes: ["*:write"], expires_in_days: 1 });
  return { admin, alice, key: (made.json as { key: string }).key };
}
