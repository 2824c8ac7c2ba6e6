import { useGoTo } from "../use-go-to.ts";
import { CellEditor, type CellEditorProps } from "./cell-editor.tsx";
import { cellText, cellTitle } from "./cell-text.ts";
import { addressOf } from "./rows-address.ts";
import { type Column, isNumber, type Row, valueIn } from "./tables.ts";

interface GridCellProps {
  readonly column: Column;
  /** Undefined as long as it is to come. */
  readonly row: Row | undefined;
  readonly isFirst: boolean;
  /** `row:column`, by which the keyboard finds it. */
  readonly place: string;
  readonly focused: boolean;
  readonly editor: Omit<CellEditorProps, "column" | "value"> | undefined;
  readonly onEdit: () => void;
  readonly referencePath: string | undefined;
}

/** One value. It is text, whatever it holds. */
export function GridCell({ column, row, isFirst, place, focused, editor, onEdit, referencePath }: GridCellProps) {
  const value = row === undefined ? undefined : valueIn(column, row);
  const isHere = row !== undefined && value !== null && value !== undefined;
  return (
    <div
      role="gridcell"
      className={isNumber(column) ? "cell mono number" : "cell mono"}
      data-cell={place}
      data-column={column.name}
      tabIndex={focused ? 0 : -1}
      title={editor === undefined && isHere ? cellTitle(value) : undefined}
      aria-readonly={column.change === undefined}
      onDoubleClick={onEdit}
    >
      {editor !== undefined ? (
        <CellEditor column={column} value={value} {...editor} />
      ) : row === undefined ? (
        <span className="soft">{isFirst ? "…" : ""}</span>
      ) : (
        <CellValue column={column} value={value} referencePath={referencePath} />
      )}
    </div>
  );
}

type CellValueProps = Pick<GridCellProps, "column" | "referencePath"> & { readonly value: unknown };

function CellValue({ column, value, referencePath }: CellValueProps) {
  if (value === null || value === undefined) return <span className="soft nothing">null</span>;
  // Without letters it would look like no value, or like a mistake.
  if (value === "") return <span className="soft nothing">empty text</span>;
  if (referencePath !== undefined) return <ReferenceLink path={referencePath} column={column} value={value} />;
  return column.kind === "json" && typeof value === "string" ? cellText(JSON.stringify(value)) : cellText(value);
}

interface ReferenceLinkProps {
  readonly path: string;
  readonly column: Column;
  readonly value: unknown;
}

function ReferenceLink({ path, column, value }: ReferenceLinkProps) {
  const goTo = useGoTo();
  const search = addressOf({
    conditions: [{ column: column.references?.column ?? "id", operator: "eq", value: String(value) }],
    sort: undefined,
  });
  return (
    <a
      className="link"
      tabIndex={-1}
      href={`/console${path}?filter=${encodeURIComponent(search.filter ?? "")}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        goTo(path, search);
      }}
    >
      {cellText(value)}
    </a>
  );
}
