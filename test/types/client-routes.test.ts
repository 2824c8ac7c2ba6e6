import type { CustomRoute } from "servery";
import { type Client, createClient } from "servery/client";
import { expectTypeOf, test } from "vitest";
import type chinook from "../../examples/chinook/servery.ts";
import type social from "../../examples/social/servery.ts";

type Of<T> = T extends Promise<infer U> ? U : never;

type Routed = {
  readonly tables: Record<never, never>;
  readonly routes?: readonly [
    CustomRoute<"GET", "/api/hello", Record<never, never>, { message: string }>,
    CustomRoute<"GET", "/api/search", { query: { words: string; limit?: number } }, string[]>,
    CustomRoute<"POST", "/api/bank/transfers", { body: { from: number; to: number } }, { id: number }>,
    CustomRoute<
      "GET",
      "/api/bank/accounts/:id/statement",
      { params: { id: number }; query?: { year?: number } },
      string
    >,
    CustomRoute<"DELETE", "/api/things/:kind/parts/:part", unknown, undefined>,
  ];
};
declare const routed: Client<Routed>;
declare const routeless: Client<{ readonly tables: Record<never, never>; readonly routes?: readonly [] }>;

/** Never called: only its types are looked at. */
export function routeAnswers() {
  return {
    hello: routed.get("/api/hello"),
    signal: routed.get("/api/hello", { signal: AbortSignal.timeout(5) }),
    search: routed.get("/api/search", { query: { words: "x" } }),
    transfer: routed.post("/api/bank/transfers", { body: { from: 1, to: 2 }, idempotencyKey: true }),
    statement: routed.get("/api/bank/accounts/:id/statement", { params: { id: 1 } }),
    removed: routed.delete("/api/things/:kind/parts/:part", { params: { kind: "a", part: 1 } }),
  };
}
type RouteAnswers = ReturnType<typeof routeAnswers>;

test("own routes: paths by method, input and answer", () => {
  expectTypeOf<Of<RouteAnswers["hello"]>>().toEqualTypeOf<{ message: string }>();
  expectTypeOf<Of<RouteAnswers["search"]>>().toEqualTypeOf<string[]>();
  expectTypeOf<Of<RouteAnswers["transfer"]>>().toEqualTypeOf<{ id: number }>();
  expectTypeOf<Of<RouteAnswers["statement"]>>().toEqualTypeOf<string>();
  expectTypeOf<Of<RouteAnswers["removed"]>>().toEqualTypeOf<undefined>();
  expectTypeOf<Parameters<typeof routed.get>[0]>().toEqualTypeOf<
    "/api/hello" | "/api/search" | "/api/bank/accounts/:id/statement"
  >();
});

/** Only the compiler reads this. */
export function wrongRouteCalls(): void {
  // @ts-expect-error no such route
  void routed.get("/api/helo");
  // @ts-expect-error another method
  void routed.post("/api/hello");
  // @ts-expect-error the words are missing
  void routed.get("/api/search");
  // @ts-expect-error the limit is a number
  void routed.get("/api/search", { query: { words: "x", limit: "5" } });
  // @ts-expect-error no such body
  void routed.post("/api/bank/transfers", { body: { from: 1 } });
  // @ts-expect-error no id
  void routed.get("/api/bank/accounts/:id/statement", { params: {} });
  // @ts-expect-error an application without routes has none
  void routeless.get("/api/hello");
}

/** Only the compiler reads this: the two examples are whole applications. */
export async function examples(): Promise<void> {
  const shop = createClient<typeof chinook>("");
  const tracks = await shop.Track.list({
    fields: ["Name"],
    sort: "Album.Title",
    include: { Album: { fields: ["Title"], include: { Artist: true } }, PlaylistTrack: "count" },
    where: { Album: { Artist: { Name: "Queen" } }, UnitPrice: { lte: 1 } },
  });
  expectTypeOf(tracks[0]).toEqualTypeOf<
    | {
        Name: string;
        Album: { Title: string; Artist: { ArtistId: number; Name: string | null } } | null;
        PlaylistTrack_count: number;
      }
    | undefined
  >();
  const [line] = await shop.PlaylistTrack.list();
  void shop.PlaylistTrack.get([line?.PlaylistId ?? 1, 3402]);
  const { Manager, Reports } = await shop.Employee.get(1, { include: { Manager: true, Reports: true } });
  expectTypeOf(Manager?.LastName).toEqualTypeOf<string | undefined>();
  expectTypeOf(Reports[0]?.ReportsTo).toEqualTypeOf<number | null | undefined>();

  const people = createClient<typeof social>("");
  const user = await people.users.get(1, {
    include: { following: "count", followers: { include: { follower: true } } },
  });
  expectTypeOf(user.followers[0]?.follower.username).toEqualTypeOf<string | undefined>();
  expectTypeOf(user.following_count).toEqualTypeOf<number>();
}
