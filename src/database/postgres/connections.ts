import { DatabaseError, type DatabaseFailure } from "../database.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { mapError } from "./map-error.ts";

/** How many connections there may be, and how long one is waited for. */
export interface PoolOptions extends ConnectionOptions {
  /** Connections of one process, those for quick reads included. */
  readonly most: number;
}

/** Connections that many quick reads share: each sends its statement without waiting for those before. */
const SHARED = 2;
/** Milliseconds that somebody waits for a connection of their own. */
const WAIT_MS = 3_000;
/** How many may wait: beyond it they are refused at once, so that they do not pile up. */
const MOST_WAITING = 1_000;
/** Quick reads that may be on their way in one connection. */
const MOST_IN_FLIGHT = 500;
/** After a failed connection the next is tried so much later, doubled each time. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

interface Waiting {
  readonly take: (connection: Connection) => void;
  readonly refuse: (error: unknown) => void;
}

/** The connections of one database: a few that are shared, the others for one at a time. */
export class Connections {
  readonly #options: PoolOptions;
  readonly #shared: (Connection | undefined)[] = Array.from({ length: SHARED });
  readonly #opening: (Promise<Connection> | undefined)[] = Array.from({ length: SHARED });
  readonly #idle: Connection[] = [];
  readonly #out = new Set<Connection>();
  readonly #waiting: Waiting[] = [];
  #beingOpened = 0;
  #failures = 0;
  #pausedUntil = 0;
  #lastFailure: DatabaseFailure | undefined;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** A connection on which quick reads are sent: the one with the fewest on their way. Rejected with a `DatabaseError`. */
  share(): Connection | Promise<Connection> {
    let best: Connection | undefined;
    for (const [at, connection] of this.#shared.entries()) {
      if (connection === undefined || connection.isBroken || connection.isWorn) return this.#openShared(at);
      if (best === undefined || connection.inFlight < best.inFlight) best = connection;
    }
    if (best === undefined || best.inFlight >= MOST_IN_FLIGHT) return Promise.reject(new DatabaseError(CROWDED));
    return best;
  }

  /** A connection for one alone, which gives it back. Rejected with a `DatabaseError`. */
  take(): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(new DatabaseError(CLOSED));
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isBroken) continue;
      this.#out.add(idle);
      return Promise.resolve(idle);
    }
    if (this.#out.size + this.#beingOpened < this.#options.most - SHARED) return this.#openOwn();
    return this.#wait();
  }

  /** Takes a connection back. One that broke, or still has something open, is closed. */
  giveBack(connection: Connection): void {
    this.#out.delete(connection);
    if (this.#isClosed || connection.isBroken || connection.isWorn || !connection.isIdle) {
      void connection.close();
      this.#openForWaiting();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else {
      this.#out.add(connection);
      next.take(connection);
    }
  }

  /** Does something on a connection of its own. */
  async use<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await this.take();
    try {
      return await work(connection);
    } finally {
      this.giveBack(connection);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { refuse } of this.#waiting.splice(0)) refuse(new DatabaseError(CLOSED));
    await Promise.allSettled(this.#opening.filter((one) => one !== undefined));
    const all = [...this.#shared, ...this.#idle.splice(0), ...this.#out];
    await Promise.all(all.flatMap((connection) => (connection === undefined ? [] : [connection.close()])));
  }

  #openShared(at: number): Promise<Connection> {
    if (this.#isClosed) return Promise.reject(new DatabaseError(CLOSED));
    const old = this.#shared[at];
    this.#opening[at] ??= this.#open()
      .then((connection) => {
        this.#shared[at] = connection;
        // Statements on their way in it are answered first.
        void old?.close();
        return connection;
      })
      .finally(() => {
        this.#opening[at] = undefined;
      });
    return this.#opening[at];
  }

  async #openOwn(): Promise<Connection> {
    this.#beingOpened++;
    try {
      const connection = await this.#open();
      this.#out.add(connection);
      return connection;
    } finally {
      this.#beingOpened--;
    }
  }

  /** Refuses at once while a server that does not answer is left alone for a moment. */
  async #open(): Promise<Connection> {
    if (Date.now() < this.#pausedUntil && this.#lastFailure !== undefined) throw new DatabaseError(this.#lastFailure);
    try {
      const connection = await Connection.open(this.#options);
      this.#failures = 0;
      return connection;
    } catch (error) {
      this.#lastFailure = mapError(error);
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
      this.#pausedUntil = Date.now() + pause;
      throw error;
    }
  }

  #wait(): Promise<Connection> {
    if (this.#waiting.length >= MOST_WAITING) return Promise.reject(new DatabaseError(CROWDED));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new DatabaseError(CROWDED));
      }, WAIT_MS);
      const waiting: Waiting = {
        take: (connection) => {
          clearTimeout(timer);
          resolve(connection);
        },
        refuse: (error) => {
          clearTimeout(timer);
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      this.#waiting.push(waiting);
    });
  }

  /** A connection went and comes not back: whoever waits for one gets another. */
  #openForWaiting(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) this.take().then(next.take, next.refuse);
  }
}

const CLOSED: DatabaseFailure = { kind: "unavailable", message: "The database is closed." };
const CROWDED: DatabaseFailure = { kind: "busy", message: "All connections to the database are taken." };
