import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import type { Exchange, Span, Statement } from "./exchange.ts";
import type { Observation } from "./observation.ts";

/** A collector that does not answer in this time gets no second try, and holds up no stop. */
const EXPORT_MS = 2_000;
/** Spans that wait for the collector; what comes beyond is lost. */
const WAITING_SPANS = 4_096;
/** How long spans are gathered before they are sent. */
const GATHERED_MS = 1_000;
const SAMPLED = 1;
const FIRST_FAILURE = 500;

/** A part of a request, as the tracer is to write it. */
interface Part {
  readonly name: string;
  readonly at: number;
  readonly tookMs: number;
  readonly failed: boolean;
  readonly kind: SpanKind;
  readonly attributes: Record<string, string | number>;
}

/** Sends the requests that were followed to an OpenTelemetry collector, by OTLP over HTTP. */
export class TraceExport {
  readonly #provider: BasicTracerProvider;
  readonly #tracer: Tracer;
  /** What the next root span is called by: it got its ids when the request arrived. */
  #next: { readonly traceId: string; readonly spanId: string } | undefined;

  /** `url` is the collector's, without the path of the traces; `lost` is told of spans that did not arrive. */
  constructor({ url, service }: { readonly url: string; readonly service: string }, lost: (cause: unknown) => void) {
    const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, timeoutMillis: EXPORT_MS });
    const telling: SpanExporter = {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          if (result.error !== undefined) lost(result.error);
          done(result);
        }),
      shutdown: () => exporter.shutdown(),
    };
    const random = (digits: number): string =>
      Array.from({ length: digits }, () => Math.trunc(Math.random() * 16).toString(16)).join("");
    this.#provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": service }),
      idGenerator: {
        generateTraceId: () => this.#next?.traceId ?? random(32),
        generateSpanId: () => {
          const spanId = this.#next?.spanId ?? random(16);
          this.#next = undefined;
          return spanId;
        },
      },
      spanProcessors: [
        new BatchSpanProcessor(telling, {
          maxQueueSize: WAITING_SPANS,
          scheduledDelayMillis: GATHERED_MS,
          exportTimeoutMillis: EXPORT_MS,
        }),
      ],
    });
    this.#tracer = this.#provider.getTracer("servery");
  }

  observe(observation: Observation): void {
    if (observation.is === "exchange") this.#send(observation.read());
  }

  /** Sends what waits, as far as the collector takes it. */
  async close(): Promise<void> {
    await this.#provider.shutdown().catch(() => undefined);
  }

  #send(exchange: Exchange): void {
    if (exchange.trace === undefined) return;
    const { traceId, spanId, parentId } = exchange.trace;
    const began = Date.parse(exchange.at);
    const above =
      parentId === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags: SAMPLED, isRemote: true });
    // Every part is ended behind the parts inside of it, so that each knows what it hangs below.
    const open: { readonly context: Context; readonly until: number; end(): void }[] = [];
    const begin = (part: Part): void => {
      const context = open.at(-1)?.context ?? above;
      const options = { startTime: began + part.at, kind: part.kind, attributes: part.attributes };
      const span = this.#tracer.startSpan(part.name, options, context);
      if (part.failed) span.setStatus({ code: SpanStatusCode.ERROR });
      const until = part.at + part.tookMs;
      open.push({ context: trace.setSpan(context, span), until, end: () => span.end(began + until) });
    };
    this.#next = { traceId, spanId };
    begin(rootOf(exchange));
    for (const part of partsOf(exchange)) {
      while (open.length > 1 && (open.at(-1)?.until ?? 0) < part.at + part.tookMs) open.pop()?.end();
      begin(part);
    }
    while (open.length > 0) open.pop()?.end();
  }
}

function rootOf({ id, method, url, route, status, tookMs, problem }: Exchange): Part {
  const [path = ""] = url.split("?", 1);
  return {
    name: route ?? method,
    at: 0,
    tookMs,
    failed: status >= FIRST_FAILURE,
    kind: SpanKind.SERVER,
    attributes: {
      "http.request.method": method,
      "url.path": path,
      "http.response.status_code": status,
      "servery.request_id": id,
      ...(route === undefined ? {} : { "http.route": route.slice(route.indexOf(" ") + 1) }),
      ...(problem === undefined ? {} : { "error.type": problem }),
    },
  };
}

/** Stations and statements by the time when they began; of those at one time the longer one holds the other. */
function partsOf({ spans, statements }: Exchange): Part[] {
  return [...spans.map(stationPart), ...statements.map(statementPart)].toSorted(
    (one, other) => one.at - other.at || other.tookMs - one.tookMs,
  );
}

function stationPart({ hop, name, at, tookMs, failed }: Span): Part {
  return { name: `${hop} ${name}`, at, tookMs, failed, kind: SpanKind.INTERNAL, attributes: { "servery.hop": hop } };
}

/** Of a write the first step has the time of all. What is bound is nobody's business, the text is the declaration's. */
function statementPart({ sql, rows, at, tookMs = 0 }: Statement): Part {
  const attributes = {
    "db.system.name": "sqlite",
    "db.query.text": sql,
    ...(rows === undefined ? {} : { "db.response.returned_rows": rows }),
  };
  const [verb = "SQL"] = sql.trimStart().split(/\s/, 1);
  return { name: verb.toUpperCase(), at, tookMs, failed: false, kind: SpanKind.CLIENT, attributes };
}
