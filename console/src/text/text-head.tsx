import { announce } from "../state/announcement.ts";

interface TextHeadProps {
  readonly title: string;
  /** What is copied. */
  readonly text: string;
}

/** What stands above a text, and takes it along. */
export function TextHead({ title, text }: TextHeadProps) {
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`Copied: ${title}`);
    } catch {
      announce("The browser did not let the page copy. The text can be selected.");
    }
  };
  return (
    <div className="text-head">
      <h3>{title}</h3>
      <button type="button" className="plain" aria-label={`Copy: ${title}`} onClick={() => void copy()}>
        Copy
      </button>
    </div>
  );
}
