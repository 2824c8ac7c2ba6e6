import type { Observer } from "../observability/observation.ts";
import type { Answering } from "./answering.ts";
import { AnsweringSwitch } from "./answering-switch.ts";
import { observedAnswering } from "./observed-answering.ts";
import { type Listening, listen } from "./server.ts";
import { SimulatedTrouble, type Trouble } from "./simulated-trouble.ts";

/** A socket that outlives the engines behind it: its connections stay open while one follows another. */
export interface SharedSocket extends Listening {
  /** Lets new requests wait until `release` or `switchTo`. Fulfilled once the others are answered; after some seconds anyway. */
  hold(): Promise<void>;
  release(): void;
  /** Hands requests to another engine. Fulfilled once the one before has answered its own; after some seconds anyway. */
  switchTo(engine: { readonly answering: Answering }): Promise<void>;
}

export interface SharedSocketOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Told of every answer. */
  readonly observe: Observer;
  readonly trouble?: Trouble | undefined;
}

export async function openSharedSocket(first: Answering, options: SharedSocketOptions): Promise<SharedSocket> {
  const engines = new AnsweringSwitch(first);
  const troubled = options.trouble === undefined ? undefined : new SimulatedTrouble(engines, options.trouble);
  const listening = await listen(options, observedAnswering(troubled ?? engines, options.observe));
  return {
    ...listening,
    hold: () => engines.hold(),
    release: () => engines.release(),
    switchTo: (engine) => engines.switchTo(engine.answering),
    close() {
      troubled?.hurry();
      engines.release();
      return listening.close();
    },
  };
}
