import { Handle, type NodeProps, Position } from "@xyflow/react";
import { visible } from "../text/visible-text.ts";
import type { TableNode } from "./diagram-layout.ts";

/** A table of the diagram. Lines begin at its columns and end at its name. */
export function TableBox({ data: { table, columns }, selected }: NodeProps<TableNode>) {
  const hidden = table.columns.length - columns.length;
  return (
    <div className="table-box" data-table-box={table.name} data-chosen={selected}>
      <div className="table-box-name">
        {visible(table.name)}
        {table.view && <span className="soft"> view</span>}
        <Handle type="target" id="left" position={Position.Left} isConnectable={false} />
        <Handle type="target" id="right" position={Position.Right} isConnectable={false} />
      </div>
      <ul>
        {columns.map(({ name, kind, references, optional }) => (
          <li key={name}>
            <span className={table.key.includes(name) ? "table-box-key" : ""}>{visible(name)}</span>
            {table.key.includes(name) && <span className="table-box-mark">key</span>}
            <span className="soft table-box-kind">
              {visible(references === null ? kind : `→ ${references.table}`)}
              {optional ? "?" : ""}
            </span>
            {references !== null && (
              <>
                <Handle type="source" id={`${name} left`} position={Position.Left} isConnectable={false} />
                <Handle type="source" id={`${name} right`} position={Position.Right} isConnectable={false} />
              </>
            )}
          </li>
        ))}
        {hidden > 0 && <li className="soft">and {hidden} more</li>}
      </ul>
    </div>
  );
}
