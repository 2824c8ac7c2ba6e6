import { useApi } from "../api/use-api.ts";
import { visible } from "../text/visible-text.ts";
import { SignInForm } from "./sign-in-form.tsx";
import "./sign-in.css";

/** What stands instead of every page in production, until somebody has signed in. */
export default function SignInPage() {
  const { data } = useApi();
  return (
    <div className="sign-in-page">
      <h1>Sign in{data === undefined || data.title === "" ? "" : ` to ${visible(data.title)}`}</h1>
      <p className="soft">
        You see here what your account may see. Administrators see the server too: its requests, its metrics, its
        people. The tokens stay in this tab.
      </p>
      <SignInForm onDone={() => undefined} />
    </div>
  );
}
