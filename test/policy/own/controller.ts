import { and, type Context, del, everyone, get, nobody, or, patch, post, role, signedIn, text } from "servery";
import { goOn, namedTable, weights } from "./service.ts";

type Named = { readonly [name: string]: string };

const named = (call: object): string => (call as { params: Named }).params["table"] ?? "";
const tableOf = (call: object) => namedTable(call as Context, named(call));
const keyOf = (call: object): number => Number((call as { params: Named }).params["id"]);

/** Who may call a route of the application's own, by the name it has in its path. */
const gates = {
  everyone,
  nobody,
  signedIn,
  moderator: role("moderator"),
  both: and(role("auditor"), signedIn),
  either: or(role("auditor"), role("moderator")),
  robots: ({ table }: { readonly table: string | undefined }): boolean => table === "robots",
  failing: (): boolean => {
    throw new Error("a rule that fails denies");
  },
  // A filter would choose among rows, and a route has none.
  filtering: () => ({ id: 1 }),
};

/** The application's own routes: they reach the rows through `ctx.tables`, or through a repository. */
export const ownRoutes = [
  get(
    "/api/own/lists/:table",
    { query: { filter: text(2000).optional(), sort: text(60).default("id") } },
    async (call) => {
      const options = { sort: call.query.sort, limit: 1000 };
      const { filter } = call.query;
      return tableOf(call).list(filter === null ? options : { ...options, filter: JSON.parse(filter) as object });
    },
  ),
  get("/api/own/numbers/:table", async (call) => ({ count: await tableOf(call).count() })),
  get("/api/own/rows/:table/:id", async (call) => ({ row: (await tableOf(call).get(keyOf(call))) ?? null })),
  patch("/api/own/rows/:table/:id", async (call) => tableOf(call).update(keyOf(call), call.body)),
  post("/api/own/rows/:table", async (call) => tableOf(call).create(call.body)),
  del("/api/own/rows/:table/:id", async (call) => {
    await tableOf(call).delete(keyOf(call));
    return { deleted: keyOf(call) };
  }),
  post("/api/own/tries/:table", async (call) => goOn(call, named(call), (table) => table.create(call.body))),
  patch("/api/own/tries/:table/:id", async (call) =>
    goOn(call, named(call), (table) => table.update(keyOf(call), call.body)),
  ),
  get("/api/own/weights", weights),
  ...Object.entries(gates).flatMap(([name, allow]) => [
    get(`/api/own/gates/${name}`, { allow }, () => ({ through: name })),
    post(`/api/own/gates/${name}`, { allow }, () => ({ through: name })),
  ]),
];
