import { useApi } from "../api/use-api.ts";
import { callers, chosenCaller } from "../state/callers.ts";
import { useStore } from "../state/store.ts";
import { Accounts } from "./accounts.tsx";
import { ApiKeys } from "./api-keys.tsx";
import { Mails } from "./mails.tsx";
import { Nothing, Part } from "./part.tsx";
import { Sessions } from "./sessions.tsx";
import "./people.css";

/** Whose accounts there are, where one is signed in, by which keys programs come, and what mails would have said. */
export default function PeoplePage() {
  const { data } = useApi();
  const caller = chosenCaller(useStore(callers));
  // Where the document is closed nobody knows, and the routes themselves say so.
  const hasAccounts = data === undefined || data.endpoints.has("auth.signIn");
  return (
    <div className="people pane">
      <h1>People and keys</h1>
      {hasAccounts ? (
        <>
          <Accounts />
          <Sessions caller={caller} />
          <ApiKeys caller={caller} />
        </>
      ) : (
        <Part title="Accounts" words="Whoever signs in to this application.">
          <Nothing>
            No table has accounts. Write <code>.accounts()</code> behind the table of your people, and they can sign up.
          </Nothing>
        </Part>
      )}
      <Mails />
    </div>
  );
}
