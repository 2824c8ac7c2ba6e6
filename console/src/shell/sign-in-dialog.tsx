import { Dialog } from "./dialog.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** Signs in beside whoever is signed in already. */
export function SignInDialog({ onClose }: { readonly onClose: () => void }) {
  const cancel = (
    <button type="button" className="plain" onClick={onClose}>
      Cancel
    </button>
  );
  return (
    <Dialog label="Sign in" className="form-dialog" onClose={onClose}>
      <h2>Sign in</h2>
      <p className="soft">Requests then go as this account. The tokens stay in this tab.</p>
      <SignInForm onDone={onClose} beside={cancel} />
    </Dialog>
  );
}
