import { useId } from "react";

interface TokenFieldProps {
  /** Whether the address has brought one. */
  readonly given: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly refused: boolean;
}

/** The proof that somebody runs the server, and where it is to be found. */
export function TokenField({ given, value, onChange, refused }: TokenFieldProps) {
  const id = useId();
  if (given && !refused)
    return (
      <p className="went" data-token-given>
        ✓ The link has brought the token of the server’s terminal.
      </p>
    );
  return (
    <div className="first-run-token">
      <label htmlFor={id}>
        <span className="mono">token</span>
      </label>
      <input
        id={id}
        className="field"
        data-field="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={value}
        disabled={given}
        aria-invalid={refused}
        aria-describedby={`${id}where`}
        onChange={({ target }) => onChange(target.value)}
      />
      {refused && (
        <p className="error small" data-finding="token">
          ✕{" "}
          {given
            ? "The token of this link is not the one"
            : value === ""
              ? "A token is missing"
              : "This is not the token"}
          {" that the terminal shows. Each start of the server has another one"}
          {given ? ": open the link that it shows now." : "."}
        </p>
      )}
      <p className="soft small" id={`${id}where`}>
        It shows that you run this server. Look into the terminal where <code>servery start</code> or{" "}
        <code>servery dev</code> runs, or into its log: “Nobody is an administrator yet. Become it at …”. The token is
        what stands behind <code>#first-run=</code>. Opening that link fills it in.
      </p>
    </div>
  );
}
