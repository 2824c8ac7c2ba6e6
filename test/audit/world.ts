import { email, everyone, integer, nobody, post, ref, self, servery, signedIn, table, text } from "servery";
import { bearer, signUp, type Tokens } from "../accounts/declaration.ts";
import type { EngineUnderTest, TestAnswer } from "../harness/open-engine.ts";

const OPEN = { read: everyone, create: everyone, update: everyone, delete: everyone };
const PLAIN = { created_at: false, updated_at: false } as const;

/** Every way in which a row of an audited table may change, and a table that nobody audits. */
export const shop = servery({
  tables: {
    users: table(
      { username: text(30).unique(), email: email(100).unique().readable(self), pin: text(20).optional().private() },
      PLAIN,
    )
      .accounts({ verify: false })
      .audited()
      .allow(OPEN),
    orders: table(
      {
        name: text(20).unique(),
        code: text(200).optional().private().writable(everyone),
        total: integer().default(0).sumOf("items", "price", "quantity"),
      },
      PLAIN,
    )
      .audited()
      .allow(OPEN),
    items: table({ order_id: ref("orders", { onDelete: "cascade" }), price: integer(), quantity: integer() }, PLAIN)
      .audited()
      .allow(OPEN),
    notes: table({ order_id: ref("orders", { onDelete: "set null" }).optional(), line: text(50) }, PLAIN)
      .audited()
      .allow(OPEN),
    funds: table({ balance: integer({ min: 0 }) }, PLAIN)
      .audited()
      .allow(OPEN),
    payments: table(
      { from_id: ref("funds", { as: "from" }), to_id: ref("funds", { as: "to" }), amount: integer() },
      PLAIN,
    )
      .subtracts("amount", "from_id", "balance")
      .adds("amount", "to_id", "balance")
      .allow({ read: everyone, create: everyone, update: nobody, delete: nobody }),
    hooked: table({ line: text(50) }, PLAIN)
      .audited()
      .hooks({
        before: async ({ system }) => {
          await system("a note for each").tables["notes"]?.create({ line: "by a hook" });
        },
      })
      .allow({ ...OPEN, create: signedIn }),
    plain: table({ title: text(50) }).allow(OPEN),
  },
  routes: [
    post("/api/tidy", async ({ system, tables }) => {
      await system("tidies up at night").tables["orders"]?.update(1, { name: "tidied" });
      await tables["notes"]?.create({ line: "by a route" });
      return {};
    }),
  ],
});

/** A declaration like the shop's table `plain`, in which nothing is audited. */
export const unaudited = servery({ tables: { plain: table({ title: text(50) }).allow(OPEN) } });

export interface Entry {
  readonly id: number;
  readonly table: string;
  readonly key: string;
  readonly action: "create" | "update" | "delete";
  readonly actor: string;
  readonly actor_table: string | null;
  readonly actor_key: string | null;
  readonly reason: string | null;
  readonly request_id: string | null;
  readonly change: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly changed: readonly string[] | null;
  readonly created_at: string;
}

/** Signs somebody up who is an administrator from then on. */
export async function administrator(engine: EngineUnderTest): Promise<Tokens> {
  const tokens = await signUp(engine, "root");
  await engine.accounts.setRoles({ identifier: "root@example.com" }, ["admin"]);
  return tokens;
}

/** The entries behind a number, the oldest first, as an administrator reads them. */
export async function entries(engine: EngineUnderTest, admin: Tokens, filter = "id[gt]=0"): Promise<Entry[]> {
  const answer = await engine.get(`/api/_audit?sort=id&limit=1000&${filter}`, bearer(admin));
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.json as Entry[];
}

/** What one request left: table, key, action, before, after. */
export async function leftBy(engine: EngineUnderTest, admin: Tokens, answer: TestAnswer): Promise<unknown[]> {
  const request = answer.headers["x-request-id"] ?? "";
  const left = await entries(engine, admin, `request_id=${request}`);
  return left.map(({ table: of, key, action, before, after }) => [`${action} ${of} ${key}`, before, after]);
}
