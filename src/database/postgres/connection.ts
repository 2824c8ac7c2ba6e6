import pg from "pg";
import { DatabaseError, type Stored } from "../database.ts";
import { breaksConnection, mapError } from "./map-error.ts";
import type { NumberedStatements } from "./numbered-statement.ts";

/** Where a server is and how long it may take. */
export interface ConnectionOptions {
  /** `postgres://user:password@host:port/database`, with what else the URL says. */
  readonly url: string;
  readonly statements: NumberedStatements;
  /** Milliseconds after which the server ends a statement. */
  readonly statementTimeoutMs: number;
}

/** What a statement answered, and how many rows it answered or changed. */
export interface Ran {
  readonly rows: Stored[][];
  readonly count: number;
}

export interface RunOptions {
  /** Do not keep the statement prepared: it will hardly come again. */
  readonly once?: boolean;
}

const CONNECT_TIMEOUT_MS = 3_000;
/** What the network may add to the server's own limit before a silent server counts as gone. */
const NETWORK_MS = 1_500;
/** Statements that one connection keeps prepared: afterwards another takes its place, since each takes memory there. */
const MOST_PREPARED = 3_000;

/** Type ids of PostgreSQL whose texts become numbers (https://www.postgresql.org/docs/current/catalog-pg-type.html). */
const BOOLEAN = 16;
const WHOLE = new Set([20, 21, 23, 26]);
const FLOATING = new Set([700, 701]);

const asWhole = (text: string): Stored => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};
const asIs = (text: string): Stored => text;
const parsers = {
  getTypeParser: (oid: number) => {
    if (WHOLE.has(oid)) return asWhole;
    if (FLOATING.has(oid)) return Number;
    return oid === BOOLEAN ? (text: string): Stored => (text === "t" ? 1 : 0) : asIs;
  },
};

/** One connection. Statements may be sent without waiting for the answers of those before: they run in order. */
export class Connection {
  readonly #client: pg.Client;
  readonly #options: ConnectionOptions;
  readonly #prepared = new Set<string>();
  #inFlight = 0;
  #broken: unknown;

  private constructor(client: pg.Client, options: ConnectionOptions) {
    this.#client = client;
    this.#options = options;
    // Also what nobody waits for: the server was stopped, the network is gone.
    client.on("error", (error) => {
      this.#broken ??= error;
    });
    client.on("end", () => {
      this.#broken ??= new Error("Connection terminated");
    });
  }

  /** Rejected with a `DatabaseError`. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const config: pg.ClientConfig & { readonly pipeline: boolean } = {
      connectionString: options.url,
      application_name: "servery",
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: options.statementTimeoutMs,
      keepAlive: true,
      pipeline: true,
      types: parsers as unknown as pg.CustomTypesConfig,
    };
    let client: pg.Client | undefined;
    try {
      client = new pg.Client(config);
      const connection = new Connection(client, options);
      await client.connect();
      // Times are written as UTC, whatever the server's own zone is; dates as ISO 8601.
      await client.query("SET TIME ZONE 'UTC'; SET DateStyle = ISO; SET client_min_messages = warning");
      return connection;
    } catch (error) {
      client?.end().catch(() => undefined);
      throw new DatabaseError(mapError(error), { cause: error });
    }
  }

  /** Statements that were sent and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Nothing is on its way in it, and no transaction is open. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#client.getTransactionStatus() === "I";
  }

  get isBroken(): boolean {
    return this.#broken !== undefined;
  }

  /** It has prepared so many statements that another should take its place. */
  get isWorn(): boolean {
    return this.#prepared.size >= MOST_PREPARED;
  }

  /** Sends a statement. Rejected with the client's own error. */
  run(sql: string, params: readonly Stored[] = [], { once = false }: RunOptions = {}): Promise<Ran> {
    const { text, name } = this.#options.statements.of(sql);
    if (!once) this.#prepared.add(name);
    const query_timeout = this.#options.statementTimeoutMs + NETWORK_MS;
    this.#inFlight++;
    return new Promise((resolve, reject) => {
      const config = { text, values: params as unknown[], rowMode: "array", query_timeout, ...(once ? {} : { name }) };
      this.#client.query(config as pg.QueryArrayConfig, (error: Error | null, result) => {
        this.#inFlight--;
        if (error === null) resolve({ rows: result.rows as Stored[][], count: result.rowCount ?? 0 });
        else {
          if (breaksConnection(error)) this.#broken ??= error;
          reject(error);
        }
      });
    });
  }

  /** Columns with the rows, for a statement that is not ours. */
  async named(sql: string, params: readonly Stored[]): Promise<Ran & { readonly columns: string[] }> {
    const { text } = this.#options.statements.of(sql);
    const query_timeout = this.#options.statementTimeoutMs + NETWORK_MS;
    const config = { text, values: params as unknown[], rowMode: "array", query_timeout };
    this.#inFlight++;
    try {
      const result = await this.#client.query(config as pg.QueryArrayConfig);
      return {
        columns: result.fields.map((field) => field.name),
        rows: result.rows as Stored[][],
        count: result.rowCount ?? 0,
      };
    } catch (error) {
      if (breaksConnection(error)) this.#broken ??= error;
      throw error;
    } finally {
      this.#inFlight--;
    }
  }

  /** Several statements in one text, without values. */
  async script(sql: string): Promise<void> {
    await this.#client.query(sql);
  }

  async close(): Promise<void> {
    this.#broken ??= new Error("Connection terminated");
    await this.#client.end().catch(() => undefined);
  }
}
