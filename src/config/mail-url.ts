/** A mail server and how to sign in there. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte on; otherwise by STARTTLS. */
  readonly secure: boolean;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

/** Of submission (RFC 6409), and of submission over TLS (RFC 8314). */
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

/** Reads `smtp://USER:PASSWORD@HOST:PORT` and `smtps://…`; undefined for anything else. */
export function mailServerOf(text: string): MailServer | undefined {
  try {
    const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
    if (protocol !== "smtp:" && protocol !== "smtps:") return undefined;
    if (hostname === "" || pathname.length > 1 || search !== "" || hash !== "") return undefined;
    if ((username === "") !== (password === "")) return undefined;
    const secure = protocol === "smtps:";
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(port),
      secure,
      credentials:
        username === "" ? undefined : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    };
  } catch {
    // Not a URL, or a percent sign that encodes nothing.
    return undefined;
  }
}
