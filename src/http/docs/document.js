/** @typedef {Record<string, any>} Schema */
/** @typedef {{ name: string, in: "path" | "query" | "header", required?: boolean, description?: string, schema: Schema, "x-operators"?: string[] }} Parameter */
/** @typedef {{ status: string, description: string, schema: Schema | undefined, mediaType: string | undefined, headers: [name: string, description: string][] }} Answer */
/**
 * @typedef {{ id: string, tag: string, method: string, path: string, summary: string, description: string,
 *   parameters: Parameter[], body: Schema | undefined, answers: Answer[] }} Operation
 */

/** The OpenAPI document, with its references followed and its operations in the order of their tags. */
export class ApiDocument {
  #root;

  /** @param {Schema} root */
  constructor(root) {
    this.#root = root;
    /** @type {string} */
    this.title = root.info.title;
    /** @type {string} */
    this.description = root.info.description ?? "";
    /** @type {boolean} */
    this.takesTokens = root.components?.securitySchemes?.bearer !== undefined;
    this.operations = this.#operations();
    /** @type {string[]} */
    this.tags = [
      ...new Set([
        ...(root.tags ?? []).map((/** @type {Schema} */ tag) => tag.name),
        ...this.operations.map(({ tag }) => tag),
      ]),
    ];
  }

  /**
   * What a reference leads to; anything else is answered as it is.
   * @param {any} part
   * @returns {any}
   */
  resolve(part) {
    if (typeof part?.$ref !== "string") return part;
    const names = part.$ref.slice(2).split("/");
    return (
      names.reduce(
        (/** @type {any} */ at, /** @type {string} */ name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")],
        this.#root,
      ) ?? {}
    );
  }

  /** @returns {Operation[]} */
  #operations() {
    const methods = ["get", "post", "put", "patch", "delete"];
    return Object.entries(this.#root.paths).flatMap(([path, item]) =>
      methods
        .filter((method) => method in item)
        .map((method) => this.#operation(path, item, method))
        .filter((operation) => !isPart(operation)),
    );
  }

  /**
   * @param {string} path
   * @param {Schema} item
   * @param {string} method
   * @returns {Operation}
   */
  #operation(path, item, method) {
    const operation = item[method];
    const content = this.resolve(operation.requestBody)?.content ?? {};
    return {
      id: operation.operationId,
      tag: operation.tags?.[0] ?? "",
      method: method.toUpperCase(),
      path,
      summary: operation.summary ?? "",
      description: operation.description ?? "",
      parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((parameter) =>
        this.resolve(parameter),
      ),
      body: content["application/json"]?.schema,
      answers: Object.entries(operation.responses).map(([status, response]) => this.#answer(status, response)),
    };
  }

  /**
   * @param {string} status
   * @param {Schema} reference
   * @returns {Answer}
   */
  #answer(status, reference) {
    const response = this.resolve(reference);
    const [mediaType, media] = /** @type {[string | undefined, any]} */ (
      Object.entries(response.content ?? {})[0] ?? [undefined, undefined]
    );
    const headers = Object.entries(response.headers ?? {}).map(
      ([name, header]) => /** @type {[string, string]} */ ([name, this.resolve(header).description ?? ""]),
    );
    return { status, description: response.description, schema: media?.schema, mediaType, headers };
  }
}

/**
 * Whether an operation only serves this page's own style and scripts: nobody comes here to call those.
 * @param {Operation} operation
 */
function isPart({ answers }) {
  return answers.some(({ mediaType }) => mediaType === "text/css" || mediaType === "text/javascript");
}
