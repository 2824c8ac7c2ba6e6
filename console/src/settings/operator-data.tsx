import { useQuery } from "@tanstack/react-query";
import { isServeryError } from "servery/client";
import { useState } from "react";
import { SignInDialog } from "../shell/sign-in-dialog.tsx";
import { api, callers, chosenCaller } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { visible } from "../text/visible-text.ts";
import "./operator-data.css";

/** Reads what the server tells those who run it, as whoever is chosen. */
export function useOperatorData<Data>(path: string) {
  const { chosen } = useStore(callers);
  return useQuery({
    queryKey: ["operators", path, chosen],
    queryFn: async ({ signal }) => (await api.get(path, { signal })) as Data,
  });
}

/** Why there is nothing to see, and what to do about it. */
export function NotShown({ error }: { readonly error: Error }) {
  const caller = chosenCaller(useStore(callers));
  const [signingIn, setSigningIn] = useState(false);
  if (!isServeryError(error, "sign_in_required") && !isServeryError(error, "forbidden"))
    return (
      <p className="not-shown" role="alert">
        This could not be read: {visible(isServeryError(error) ? error.error : error.message)}
      </p>
    );
  return (
    <div className="not-shown">
      <h2>Administrators see this.</h2>
      <p className="soft">
        {caller === undefined
          ? "You are nobody in particular now. "
          : `You are signed in as ${visible(caller.name)}, who is no administrator. `}
        Sign in as an administrator; on your own machine, servery dev shows it to everybody.
      </p>
      <p>
        <button type="button" className="primary" onClick={() => setSigningIn(true)}>
          Sign in as an administrator
        </button>
      </p>
      {signingIn && <SignInDialog onClose={() => setSigningIn(false)} />}
    </div>
  );
}
