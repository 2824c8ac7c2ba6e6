import { MarkerType, Panel, ReactFlow, ReactFlowProvider, useReactFlow, useStore } from "@xyflow/react";
import { type KeyboardEvent, useEffect, useMemo } from "react";
import { layOut } from "./diagram-layout.ts";
import { TableBox } from "./table-box.tsx";
import type { TableDescription } from "./table-description.ts";
import "@xyflow/react/dist/base.css";
import "./diagram.css";

const NODE_TYPES = { table: TableBox };
const EDGES = {
  type: "smoothstep",
  focusable: false,
  markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14 },
};
const WHOLE = { padding: 0.06, maxZoom: 1 };
/** How far an arrow key moves the picture. */
const STEP = 60;

interface SchemaDiagramProps {
  readonly tables: readonly TableDescription[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

/** The tables and what leads from one to another. */
export default function SchemaDiagram(props: SchemaDiagramProps) {
  return (
    <ReactFlowProvider>
      <Picture {...props} />
    </ReactFlowProvider>
  );
}

function Picture({ tables, chosen, onChoose }: SchemaDiagramProps) {
  const diagram = useMemo(() => layOut(tables), [tables]);
  const nodes = useMemo(
    () => diagram.nodes.map((node) => ({ ...node, selected: node.id === chosen })),
    [diagram, chosen],
  );
  const edges = useMemo(
    () =>
      diagram.edges.map((edge) => ({
        ...edge,
        className: edge.source === chosen || edge.target === chosen ? "edge-chosen" : "",
      })),
    [diagram, chosen],
  );
  const move = useMoves();
  useShown(diagram, chosen);
  return (
    <section className="diagram" aria-label="Diagram" tabIndex={0} onKeyDown={move} data-diagram={diagram.nodes.length}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        defaultEdgeOptions={EDGES}
        fitView
        fitViewOptions={WHOLE}
        minZoom={0.1}
        maxZoom={2}
        nodesConnectable={false}
        nodesDraggable={false}
        // The list beside it has the same tables, in an order that a keyboard can go.
        nodesFocusable={false}
        edgesFocusable={false}
        elevateNodesOnSelect={false}
        deleteKeyCode={null}
        selectionKeyCode={null}
        disableKeyboardA11y
        proOptions={{ hideAttribution: true }}
        onNodeClick={(_event, node) => onChoose(node.id)}
      >
        <ZoomButtons />
      </ReactFlow>
    </section>
  );
}

/** Brings the chosen table into sight with those that it leads to, or else all; also when the room for it changes. */
function useShown({ edges }: ReturnType<typeof layOut>, chosen: string | undefined): void {
  const { fitView } = useReactFlow();
  const height = useStore((state) => state.height);
  useEffect(() => {
    const near = edges.flatMap(({ source, target }) =>
      source === chosen ? [target] : target === chosen ? [source] : [],
    );
    const nodes = chosen === undefined ? undefined : [...new Set([chosen, ...near])].map((id) => ({ id }));
    if (height > 0) void fitView(nodes === undefined ? WHOLE : { ...WHOLE, nodes });
  }, [edges, chosen, height, fitView]);
}

function ZoomButtons() {
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  return (
    <Panel position="top-right" className="diagram-buttons">
      <button type="button" className="plain" aria-label="Zoom in" onClick={() => void zoomIn()}>
        +
      </button>
      <button type="button" className="plain" aria-label="Zoom out" onClick={() => void zoomOut()}>
        −
      </button>
      <button type="button" className="plain" onClick={() => void fitView(WHOLE)}>
        Whole
      </button>
    </Panel>
  );
}

/** Arrows move the picture, + and − change its size, 0 shows it whole. */
function useMoves(): (event: KeyboardEvent) => void {
  const { getViewport, setViewport, zoomIn, zoomOut, fitView } = useReactFlow();
  const by = (right: number, down: number): void => {
    const { x, y, zoom } = getViewport();
    void setViewport({ x: x - right * STEP, y: y - down * STEP, zoom });
  };
  const moves: Readonly<Record<string, () => unknown>> = {
    ArrowRight: () => by(1, 0),
    ArrowLeft: () => by(-1, 0),
    ArrowDown: () => by(0, 1),
    ArrowUp: () => by(0, -1),
    "+": () => zoomIn(),
    "-": () => zoomOut(),
    0: () => fitView(WHOLE),
  };
  return (event) => {
    const move = moves[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  };
}
