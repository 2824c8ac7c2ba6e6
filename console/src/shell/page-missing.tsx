import { Link } from "@tanstack/react-router";

/** An address that no page has. */
export function PageMissing() {
  return (
    <div className="pane">
      <h1>There is no such page.</h1>
      <p className="soft">
        Press <kbd>Ctrl K</kbd> to find one, or go to the{" "}
        <Link to="/" className="link">
          Explorer
        </Link>
        .
      </p>
    </div>
  );
}

/** A page that could not be drawn. */
export function PageFailed({ error }: { readonly error: unknown }) {
  return (
    <div className="pane" role="alert">
      <h1>This page could not be drawn.</h1>
      <p className="mono">{error instanceof Error ? error.message : String(error)}</p>
      <p className="soft">Reload it. If it says the same again, that is a mistake in the console: please report it.</p>
    </div>
  );
}
