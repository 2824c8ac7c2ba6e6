/**
 * The scenarios that run on every engine: written once, with the same status and the same body everywhere. A file is left
 * out only where it looks into what one engine alone has.
 */
export const conformance = {
  include: ["test/api/*.test.ts"],
  exclude: [],
};
