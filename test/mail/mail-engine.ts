import { join } from "node:path";
import {
  compile,
  createEngine,
  type Engine,
  type EngineOptions,
  type MailOptions,
  type MailTransport,
  type Observation,
  type OutgoingMail,
  servery,
  table,
} from "servery";
import { text } from "servery";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "../database/temporary.ts";
import { ManualClock } from "./manual-clock.ts";

const application = compile(servery({ title: "Shop", tables: { notes: table({ title: text(30) }) } }));

type MailObservation = Extract<Observation, { is: "mail" }>;

/** An engine whose mails can be watched. */
export interface MailEngine {
  readonly engine: Engine;
  readonly path: string;
  readonly clock: ManualClock;
  /** What was told of mails so far. */
  readonly told: readonly MailObservation[];
  readonly faults: readonly unknown[];
  /** Fulfilled when so many mails in all have ended or failed like this. */
  until(outcome: MailObservation["outcome"], count?: number): Promise<void>;
}

interface MailEngineOptions extends Partial<Omit<MailOptions, "clock" | "transport">> {
  /** Undefined: nobody said how mails leave. */
  readonly transport: MailTransport | undefined;
  readonly path?: string;
  readonly clock?: ManualClock;
  readonly engine?: Partial<EngineOptions>;
}

/** Opens an engine over a database of its own, or one at a path. It closes with the test. */
export async function openMailEngine(options: MailEngineOptions): Promise<MailEngine> {
  const {
    transport,
    path = join(temporaryFolder(), "data.db"),
    clock = new ManualClock(),
    keepTexts = false,
  } = options;
  const told: MailObservation[] = [];
  const faults: unknown[] = [];
  const waiting = new Set<() => void>();
  const engine = await createEngine(application, {
    database: `sqlite:${path}`,
    mail:
      transport === undefined
        ? undefined
        : { transport, from: options.from ?? "Shop <shop@example.com>", keepTexts, clock },
    ...options.engine,
    observe(observation) {
      if (observation.is === "fault") faults.push(observation.cause);
      if (observation.is !== "mail") return;
      told.push(observation);
      for (const look of waiting) look();
    },
  });
  onTestFinished(() => engine.close());
  const until = (outcome: MailObservation["outcome"], count = 1): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (told.filter((each) => each.outcome === outcome).length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { engine, path, clock, told, faults, until };
}

/** A transport that takes every mail, or fails as it is told. */
export function collectingTransport(
  fail?: (mail: OutgoingMail, attempt: number) => Error | undefined,
): MailTransport & { readonly taken: readonly OutgoingMail[]; readonly attempts: number } {
  const taken: OutgoingMail[] = [];
  let attempts = 0;
  return {
    taken,
    get attempts() {
      return attempts;
    },
    send(mail) {
      const error = fail?.(mail, ++attempts);
      if (error !== undefined) return Promise.reject(error);
      taken.push(mail);
      return Promise.resolve();
    },
  };
}

/** A transport that holds every mail until its signal is aborted, or `release` is called. */
export function holdingTransport(): MailTransport & { readonly held: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let hold: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    hold = resolve;
  });
  return {
    held,
    release,
    send() {
      hold();
      return released;
    },
  };
}

export const letter = {
  to: "ada@example.com",
  subject: "Hello",
  text: "See https://shop.example.com/x?token=secret-1",
};
