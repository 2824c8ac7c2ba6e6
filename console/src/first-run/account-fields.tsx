import type { ApiDescription, Schema } from "../api/open-api.ts";
import { BodyField } from "../explorer/body-field.tsx";
import { FormRow } from "../explorer/form-row.tsx";

/** Where `/openapi.json` is closed: what most tables of accounts take. What is missing, the server names. */
const USUAL: Schema = {
  type: "object",
  properties: {
    email: { type: "string", format: "email" },
    password: { type: "string", minLength: 8, maxLength: 256 },
  },
  required: ["email", "password"],
};

export function bodySchemaOf(api: ApiDescription | undefined): Schema {
  const { properties = {}, ...body } = api?.endpoints.get("auth.firstRun.make")?.body ?? USUAL;
  // The console takes tokens, never cookies.
  const own = Object.entries(properties).filter(([name, part]) => name !== "session" && part.readOnly !== true);
  return { ...body, properties: Object.fromEntries(own) };
}

interface AccountFieldsProps {
  readonly schema: Schema;
  readonly fields: Readonly<Record<string, string>>;
  readonly findings: ReadonlyMap<string, readonly string[]>;
  readonly onChange: (fields: Readonly<Record<string, string>>) => void;
}

/** What a sign-up takes: what must be sent, then the password; what may be left out lies behind a line. */
export function AccountFields({ schema, fields, findings, onChange }: AccountFieldsProps) {
  const known = schema.properties ?? {};
  const required = new Set(schema.required ?? []);
  const unknown = [...findings.keys()].filter((name) => name !== "" && known[name] === undefined);
  const must = [...Object.keys(known).filter((name) => required.has(name)), ...unknown];
  const may = Object.keys(known).filter((name) => !required.has(name));
  const field = (name: string) => (
    <AccountField
      key={name}
      name={name}
      schema={known[name] ?? { type: "string" }}
      required={required.has(name)}
      value={fields[name] ?? ""}
      messages={findings.get(name) ?? []}
      onChange={(value) => onChange({ ...fields, [name]: value })}
    />
  );
  return (
    <>
      {[...must.filter((name) => name !== "password"), ...must.filter((name) => name === "password")].map(field)}
      {may.length > 0 && (
        <details open={may.some((name) => findings.has(name)) || undefined}>
          <summary className="soft">What may be left out: {may.join(", ")}</summary>
          <div className="first-run-optional">{may.map(field)}</div>
        </details>
      )}
    </>
  );
}

function AccountField(props: Parameters<typeof BodyField>[0]) {
  const { name, schema, value, messages, onChange } = props;
  if (name !== "password") return <BodyField {...props} />;
  const { minLength = 8, maxLength = 256 } = schema;
  return (
    <FormRow
      name={name}
      words={`${minLength} to ${maxLength} letters`}
      note="Any letters will do, also blanks; a few words are good. It must not be one that everybody knows, nor your address."
      messages={messages}
    >
      {(field) => (
        <input
          {...field}
          className="field"
          data-field={name}
          type="password"
          autoComplete="new-password"
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </FormRow>
  );
}
