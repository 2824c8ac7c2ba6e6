import {
  and,
  email,
  type EngineOptions,
  everyone,
  get,
  integer,
  longText,
  nobody,
  or,
  owner,
  ref,
  role,
  sameAs,
  self,
  servery,
  signedIn,
  table,
  text,
} from "servery";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";

/** Organisations with their members, and what rules of every kind make of rows and columns. */
export const workspace = servery({
  tables: {
    users: table({
      username: text(30).unique(),
      email: email(100).unique().readable(self),
      note: longText().optional().readable(role("editor")),
      pin: text(20).optional().private().writable(self),
    })
      .accounts({ verify: false })
      .allow({ read: everyone, create: everyone, update: self, delete: self }),

    organisations: table({ name: text(60) }).allow({
      read: function membersOnly({ id }) {
        return { memberships: { some: { user_id: id } } };
      },
      create: role("editor"),
      update: nobody,
    }),

    memberships: table({
      organisation_id: ref("organisations"),
      user_id: ref("users"),
      level: integer().default(1).writable(role("editor")),
    }).allow({ read: ({ id }) => ({ user_id: id }), create: role("editor") }),

    projects: table({
      organisation_id: ref("organisations"),
      name: text(60).unique(),
      code: text(20).optional().private(),
    }).allow({
      read: sameAs("organisation"),
      create: sameAs("organisation", "read"),
      update: and(sameAs("organisation", "read"), role("editor")),
      delete: role("editor"),
    }),

    posts: table({
      user_id: ref("users").owner(),
      title: text(100),
      status: text(20).default("draft"),
      rank: integer()
        .default(0)
        .writable(({ id }) => ({ user_id: id, status: "draft" })),
    }).allow({
      read: or(owner, () => ({ status: "public" })),
      create: signedIn,
      update: owner,
      delete: owner,
    }),

    secrets: table({ code: text(20) }),
    dropbox: table({ message: text(200) }).allow({ read: role("editor"), create: everyone }),
  },
  routes: [
    get("/api/admin/stats", { allow: role("admin") }, () => ({ users: 2 })),
    get("/api/editors", { allow: role("editor") }, () => ({ ok: true })),
  ],
});

export const PASSWORD = "correct horse battery";

export interface Workspace {
  readonly engine: EngineUnderTest;
  /** Headers that show who asks. */
  readonly as: Readonly<Record<"anonymous" | "ann" | "bob" | "eve" | "admin", Readonly<Record<string, string>>>>;
}

/** An engine with four accounts and rows: Ann (1) belongs to an organisation, Bob (2) to none, Eve (3) is an editor. */
export async function openWorkspace(options: Partial<EngineOptions> = {}): Promise<Workspace> {
  const engine = await openEngine(workspace, options);
  for (const [name, roles] of [
    ["ann", []],
    ["bob", []],
    ["eve", ["editor"]],
    ["admin", ["admin"]],
  ] as const)
    await engine.accounts.create({ row: { username: name, email: `${name}@example.com` }, password: PASSWORD, roles });
  const signIn = async (name: string): Promise<Record<string, string>> => {
    const answer = await engine.post("/api/auth/sign-in", { email: `${name}@example.com`, password: PASSWORD });
    return { authorization: `Bearer ${(answer.json as { access_token: string }).access_token}` };
  };
  const [ann, bob, eve, admin] = [await signIn("ann"), await signIn("bob"), await signIn("eve"), await signIn("admin")];
  const made = [
    await engine.post("/api/organisations", { name: "Analytical" }, admin),
    await engine.post("/api/memberships", { organisation_id: 1, user_id: 1 }, admin),
    await engine.post("/api/projects", { organisation_id: 1, name: "Engine" }, admin),
    await engine.post("/api/posts", { title: "Hers", status: "draft" }, ann),
    await engine.post("/api/posts", { title: "All's", status: "public" }, ann),
  ];
  if (made.some(({ status }) => status !== 201)) throw new Error(made.map(({ text: body }) => body).join("\n"));
  return { engine, as: { anonymous: {}, ann, bob, eve, admin } };
}
