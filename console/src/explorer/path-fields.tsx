import { visible } from "../text/visible-text.ts";
import { placesOf } from "./draft.ts";
import { typeWords } from "./form-body.ts";
import { FormRow } from "./form-row.tsx";
import type { RequestPaneProps } from "./request-pane.tsx";

/** What is to be filled into the path. */
export function PathFields({ endpoint, draft, setDraft, sending }: RequestPaneProps) {
  return (
    <div className="form-rows">
      {placesOf(draft.path).map((name) => {
        const parameter = endpoint.parameters.find((one) => one.in === "path" && one.name === name);
        const wrong = sending.problem?.place === `path.${name}` ? sending.problem.message : undefined;
        const words = parameter === undefined ? "in the path" : `${typeWords(parameter.schema, true)}, in the path`;
        return (
          <FormRow key={name} name={name} words={words} messages={wrong === undefined ? [] : [wrong]}>
            {(field) => (
              <input
                {...field}
                className="field"
                data-field={`path.${name}`}
                value={draft.params[name] ?? ""}
                placeholder={visible(parameter?.description ?? "")}
                onChange={({ target }) => setDraft({ ...draft, params: { ...draft.params, [name]: target.value } })}
              />
            )}
          </FormRow>
        );
      })}
    </div>
  );
}
