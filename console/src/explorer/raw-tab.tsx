import { visible } from "../text/visible-text.ts";
import type { BuiltRequest } from "./build-request.ts";
import { asHttp } from "./copy-as.ts";

/** The message as it would go over the wire now. */
export function RawTab({ built }: { readonly built: BuiltRequest }) {
  if (built.request === undefined) return <p className="error">✕ {built.problem.message}</p>;
  return (
    <pre className="paper-text" tabIndex={0} role="region" aria-label="The HTTP message">
      {visible(asHttp(built.request))}
    </pre>
  );
}
