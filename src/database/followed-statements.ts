import type { Exchanges } from "../observability/exchanges.ts";
import type { Observer } from "../observability/observation.ts";
import type { AskedStatement, AsksStatements } from "./asked-statement.ts";

/** The same port, telling the exchange of each request, and whoever observes, which statements ran for it. */
export function followedStatements(
  statements: AsksStatements,
  {
    exchanges,
    observe,
  }: { readonly exchanges: Pick<Exchanges, "current"> | undefined; readonly observe: Observer | undefined },
): AsksStatements {
  const follow = async <Result>(
    access: "read" | "write",
    { sql, params }: AskedStatement,
    run: () => Promise<Result & { readonly rows?: readonly unknown[] }>,
  ): Promise<Result> => {
    observe?.({ is: "sql", access, sql, bound: params.length });
    const exchange = exchanges?.current();
    if (exchange === undefined) return run();
    const at = exchange.now();
    let rows: number | undefined;
    try {
      const result = await exchange.within({ hop: "database", name: access }, run);
      rows = result.rows?.length;
      return result;
    } finally {
      exchange.ran({ access, sql, bound: params.length, values: undefined, rows, at, tookMs: exchange.now() - at });
    }
  };
  return {
    examine: (sql) => statements.examine(sql),
    look: (statement, maxRows) => follow("read", statement, () => statements.look(statement, maxRows)),
    change: (statement, consent) => follow("write", statement, () => statements.change(statement, consent)),
  };
}
