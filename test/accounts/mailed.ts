import { type AnyDeclaration, type EngineOptions, smtpTransport } from "servery";
import { onTestFinished } from "vitest";
import { type EngineUnderTest, openEngine } from "../harness/open-engine.ts";
import { openMailServer, partOf, type ReceivedMail } from "../mail/mail-server.ts";

export const ORIGIN = "https://shop.example.com";

/** An engine whose mails go to a mail server of the test's own. */
export interface MailedEngine {
  readonly engine: EngineUnderTest;
  /** Every mail that has arrived, once so many have been sent since the start. */
  mails(count: number): Promise<readonly ReceivedMail[]>;
  /** The token of the last of so many mails. */
  token(count: number): Promise<string>;
  /** The time that accounts go by, in milliseconds: to be moved by the test. */
  readonly clock: { now: number };
}

/** Opens one; it closes with the test. */
export async function openMailed(
  declaration: AnyDeclaration,
  options: Partial<EngineOptions> = {},
): Promise<MailedEngine> {
  const server = await openMailServer();
  const clock = { now: Date.now() };
  let sent = 0;
  const waiting = new Set<() => void>();
  const engine = await openEngine(declaration, {
    publicUrl: ORIGIN,
    mail: { transport: smtpTransport({ url: `smtp://127.0.0.1:${server.port}` }), from: "Shop <shop@example.com>" },
    now: () => clock.now,
    ...options,
    observe(observation) {
      options.observe?.(observation);
      if (observation.is !== "mail" || observation.outcome !== "sent") return;
      sent++;
      for (const look of waiting) look();
    },
  });
  onTestFinished(() => engine.close());
  const mails = async (count: number): Promise<readonly ReceivedMail[]> => {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (sent < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
    return server.received;
  };
  const token = async (count: number): Promise<string> => {
    const mail = (await mails(count))[count - 1];
    const link = mail === undefined ? undefined : /\?token=([\w-]+)/.exec(partOf(mail, "text/plain"));
    if (link?.[1] === undefined) throw new Error(`mail ${count} has no link`);
    return link[1];
  };
  return { engine, mails, token, clock };
}

/** An answer without what tells two requests apart by their nature. */
export function masked({
  status,
  headers,
  text,
  cookies,
}: Awaited<ReturnType<EngineUnderTest["send"]>>): Readonly<Record<string, unknown>> {
  const id = headers["x-request-id"] ?? "";
  return { status, cookies, headers: { ...headers, "x-request-id": "" }, text: text.replaceAll(id, "") };
}
