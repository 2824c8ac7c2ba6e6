import { type ReceivedAnswer, sendRequest } from "../api/send-request.ts";
import { goOnAs } from "../state/callers.ts";

interface SignedInAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly user: Readonly<Record<string, unknown>>;
}

/** Sends what was typed; whoever it makes is signed in on this page. */
export async function makeAdministrator(
  body: string,
  { token, fields }: { readonly token: string; readonly fields: Readonly<Record<string, string>> },
): Promise<ReceivedAnswer> {
  const headers: [string, string][] = [["content-type", "application/json"]];
  if (token !== "") headers.push(["x-first-run-token", token]);
  const answer = await sendRequest(
    { method: "POST", url: "/api/server/first-run", headers, body },
    AbortSignal.timeout(30_000),
  );
  if (answer.status === 201) {
    const { access_token: access, refresh_token: refresh, user } = JSON.parse(answer.text) as SignedInAnswer;
    goOnAs({ user, tokens: { access, refresh, since: Date.now() } }, fields);
  }
  return answer;
}
