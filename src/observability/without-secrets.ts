/** Stands where a value must not be told. */
const REDACTED = "(private)";

/** Parameters whose values open something: links in mails, and what a provider sends a browser back with. */
const SECRETS: readonly string[] = ["token", "code", "state", "access_token", "id_token", "refresh_token", "password"];

/** The URL without the values of parameters that hold secrets. */
export function withoutSecrets(url: string): string {
  const question = url.indexOf("?");
  if (question === -1) return url;
  const parts = url
    .slice(question + 1)
    .split("&")
    .map((part) => {
      const [name = ""] = part.split("=", 1);
      return SECRETS.includes(decoded(name).toLowerCase()) ? `${name}=${REDACTED}` : part;
    });
  return `${url.slice(0, question)}?${parts.join("&")}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
