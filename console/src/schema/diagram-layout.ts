import { Graph, layout } from "@dagrejs/dagre";
import type { Edge, Node } from "@xyflow/react";
import type { ColumnDescription, TableDescription } from "./table-description.ts";

const WIDTH = 230;
const HEAD = 31;
const LINE = 21;
const FOOT = 5;
/** Columns that a box shows; keys and references are shown in any case. */
const SHOWN = 10;

export type TableNode = Node<
  { readonly table: TableDescription; readonly columns: readonly ColumnDescription[] },
  "table"
>;

export interface Diagram {
  readonly nodes: TableNode[];
  readonly edges: Edge[];
}

/** The tables where they stand, and a line for each reference: from its column to the table that it leads to. */
export function layOut(tables: readonly TableDescription[]): Diagram {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 26, ranksep: 90, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Set(tables.map(({ name }) => name));
  for (const table of tables) graph.setNode(table.name, { width: WIDTH, height: heightOf(table) });
  for (const { from, to, column } of referencesOf(tables))
    if (names.has(to) && from !== to) graph.setEdge(from, to, {}, column);
  layout(graph);
  const nodes = tables.map((table): TableNode => {
    const { x = 0, y = 0 } = graph.node(table.name) as { readonly x?: number; readonly y?: number };
    return {
      id: table.name,
      type: "table",
      position: { x: x - WIDTH / 2, y: y - heightOf(table) / 2 },
      data: { table, columns: shownColumns(table) },
    };
  });
  const left = new Map(nodes.map(({ id, position }) => [id, position.x]));
  return { nodes, edges: referencesOf(tables).flatMap((one) => (names.has(one.to) ? [edgeOf(one, left)] : [])) };
}

interface Reference {
  readonly from: string;
  readonly column: string;
  readonly to: string;
}

function referencesOf(tables: readonly TableDescription[]): Reference[] {
  return tables.flatMap(({ name, columns }) =>
    columns.flatMap(({ name: column, references }) =>
      references === null ? [] : [{ from: name, column, to: references.table }],
    ),
  );
}

/** A line leaves at the side where its table stands, so that it crosses neither of the two. */
function edgeOf({ from, column, to }: Reference, left: ReadonlyMap<string, number>): Edge {
  const ahead = (left.get(to) ?? 0) - (left.get(from) ?? 0);
  const [leaves, arrives] = ahead > WIDTH ? ["right", "left"] : ahead < -WIDTH ? ["left", "right"] : ["right", "right"];
  return {
    id: `${from}.${column} to ${to}`,
    source: from,
    sourceHandle: `${column} ${leaves}`,
    target: to,
    targetHandle: arrives,
    ariaLabel: `${from}.${column} refers to ${to}`,
  };
}

function shownColumns({ columns, key }: TableDescription): readonly ColumnDescription[] {
  const isLeading = ({ name, references }: ColumnDescription): boolean => key.includes(name) || references !== null;
  const room = Math.max(0, SHOWN - columns.filter(isLeading).length);
  const others = new Set(columns.filter((column) => !isLeading(column)).slice(0, room));
  return columns.filter((column) => isLeading(column) || others.has(column));
}

function heightOf(table: TableDescription): number {
  const shown = shownColumns(table).length;
  return HEAD + FOOT + LINE * (shown + (shown < table.columns.length ? 1 : 0));
}
