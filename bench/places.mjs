import { fileURLToPath } from "node:url";

const place = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Absolute paths of everything the measurement touches. */
export const PLACES = {
  root: place(".."),
  application: place("./application"),
  owned: place("./owned"),
  servery: place("../dist/cli/main.js"),
  dist: place("../dist"),
  reference: place("./reference.mjs"),
  slowFsyncSource: place("./slow-fsync.c"),
  wrkScript: place("./load/requests.lua"),
  autocannonScript: place("./load/autocannon.mjs"),
  /** Ignored by git: the cached data set, copies of a run, the compiled shim, result.json. */
  data: place("./.data"),
};
