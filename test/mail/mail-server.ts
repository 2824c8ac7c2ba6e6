import { readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { onTestFinished } from "vitest";

/** The certificate of the servers here: of localhost and 127.0.0.1, by nobody else's authority. */
export const certificate = readFileSync(new URL("fixtures/localhost-cert.pem", import.meta.url), "utf8");
const key = readFileSync(new URL("fixtures/localhost-key.pem", import.meta.url), "utf8");

/** A mail as it came over the wire. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | undefined;
  readonly secure: boolean;
  /** Header fields by their lower-case names, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  readonly source: string;
}

export interface MailServer {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

/** A mail server on loopback; without options it takes every mail, without TLS and without a password. It ends with the test. */
export async function openMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    key,
    cert: certificate,
    authOptional: options.onAuth === undefined,
    disableReverseLookup: true,
    closeTimeout: 1,
    onData(stream, session, callback) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const source = Buffer.concat(pieces).toString("latin1");
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: typeof session.user === "string" ? session.user : undefined,
          secure: session.secure,
          headers: headersOf(source),
          source,
        });
        callback();
      });
    },
    ...options,
  });
  // A client that goes away in the middle is no failure of a test.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
  onTestFinished(close);
  return { port: (server.server.address() as AddressInfo).port, received, close };
}

/** A server that takes connections and never says a word. */
export async function openSilentServer(): Promise<{ readonly port: number; readonly connected: Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  const connected = new Promise<void>((resolve) => {
    server.once("connection", () => resolve());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, connected };
}

function headersOf(source: string): Map<string, string> {
  const [head = ""] = source.split("\r\n\r\n");
  const lines = head.replaceAll(/\r\n[ \t]+/g, " ").split("\r\n");
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 1).trim()]),
  );
}

/** The text of one part of a mail, decoded. */
export function partOf(mail: ReceivedMail, type: "text/plain" | "text/html"): string {
  const boundary = /boundary="([^"]+)"/.exec(mail.headers.get("content-type") ?? "")?.[1];
  const parts = boundary === undefined ? [mail.source] : mail.source.split(`--${boundary}`);
  const part = parts.find((each) => each.toLowerCase().includes(`content-type: ${type}`)) ?? "";
  const body = part.slice(part.indexOf("\r\n\r\n") + 4).replace(/\r\n$/, "");
  const encoding = /content-transfer-encoding: (\S+)/i.exec(part)?.[1]?.toLowerCase();
  const bytes =
    encoding === "base64"
      ? Buffer.from(body, "base64")
      : encoding === "quoted-printable"
        ? Buffer.from(
            body
              .replaceAll("=\r\n", "")
              .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            "latin1",
          )
        : Buffer.from(body, "latin1");
  return bytes.toString("utf8").replaceAll("\r\n", "\n");
}

/** What a header says whose words are encoded (RFC 2047). */
export function decodedHeader(text: string | undefined): string {
  return (text ?? "")
    .replaceAll(/\?=\s+=\?/g, "?==?")
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_all, how: string, word: string) =>
      how.toLowerCase() === "b"
        ? Buffer.from(word, "base64").toString("utf8")
        : Buffer.from(
            word
              .replaceAll("_", " ")
              .replaceAll(/=([0-9A-F]{2})/gi, (_each, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            "latin1",
          ).toString("utf8"),
    );
}
