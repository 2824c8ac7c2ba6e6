import { type Context, refuse } from "servery";
import { rowCounts } from "./repository.ts";

/** All counts are of one moment. */
export async function stats(context: Context) {
  const counts = await rowCounts(context);
  if (counts === undefined) throw refuse("missing", "Nothing was counted.");
  return counts;
}
