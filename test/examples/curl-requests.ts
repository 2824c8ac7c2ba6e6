import { readFileSync } from "node:fs";

/** A request that a README asks its reader to send, and the status that it promises behind a #. */
export interface CurlRequest {
  readonly line: string;
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | undefined;
  readonly status: number;
}

/** The curl commands in the ```sh blocks of a README, in their order. Throws where one is written in a way it cannot read. */
export function curlRequests(readme: URL): CurlRequest[] {
  const blocks = readFileSync(readme, "utf8").matchAll(/^ *```sh\n(.*?)^ *```$/gms);
  return [...blocks].flatMap(([, block = ""]) =>
    block
      .replaceAll("\\\n", " ")
      .trim()
      .split("\n")
      .map((line) => curlRequest(line.trim())),
  );
}

function curlRequest(line: string): CurlRequest {
  const status = Number(/ # (\d{3})$/.exec(line)?.[1]);
  const words = [...line.replace(/ # .*$/, "").matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    (word) => word[1] ?? word[2] ?? word[3] ?? "",
  );
  if (words.shift() !== "curl" || !Number.isInteger(status)) throw new Error(`no curl command with a status: ${line}`);
  const headers: { [name: string]: string } = {};
  const data: string[] = [];
  let [method, url, inUrl]: [string | undefined, string, boolean] = [undefined, "", false];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === "-X") method = words.shift();
    else if (word === "-H") {
      const [name = "", value = ""] = (words.shift() ?? "").split(": ");
      headers[name] = value;
    } else if (word === "-d") data.push(words.shift() ?? "");
    else if (word === "--data-urlencode") {
      const [name = "", ...value] = (words.shift() ?? "").split("=");
      data.push(`${name}=${encodeURIComponent(value.join("="))}`);
    } else if (word === "-G") inUrl = true;
    else if (word.startsWith("http://localhost:5000/")) url = word.slice("http://localhost:5000".length);
    else if (!["-i", "-g"].includes(word)) throw new Error(`unknown word ${word}: ${line}`);
  }
  const body = inUrl || data.length === 0 ? undefined : data.join("&");
  return {
    line,
    method: method ?? (body === undefined ? "GET" : "POST"),
    url: inUrl ? `${url}?${data.join("&")}` : url,
    headers,
    body,
    status,
  };
}
