import type { Json } from "../schema/stored.ts";
import type { Checked } from "./command.ts";
import { checked } from "./write-request.ts";

/** What shall prove that whoever asks runs the server. */
export interface FirstRunProof {
  /** Whether it was sent from the server's own machine. */
  readonly here: boolean;
  /** What the terminal has shown. */
  readonly token: string | undefined;
}

/** Makes the first administrator. What its body means is read as the system's, once the proof holds. */
export interface FirstRunCommand extends Checked {
  readonly account: "first_run";
  readonly body: Json | undefined;
  readonly proof: FirstRunProof;
}

export function firstRunCommand(body: Json | undefined, proof: FirstRunProof): FirstRunCommand {
  return checked({ account: "first_run", body, proof });
}
