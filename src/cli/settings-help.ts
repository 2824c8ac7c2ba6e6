import pc from "picocolors";
import { settingSpecs } from "../config/settings.ts";

/** Every setting with its variable, its key in `servery.config.ts` and what it does. */
export function settingsHelp(): string {
  const widest = Math.max(...settingSpecs.map(({ variable }) => variable.length));
  const lines = settingSpecs.map(({ variable, key, help, expects }) => {
    const name = pc.cyan(variable.padEnd(widest));
    return `  ${name}  ${help}\n  ${" ".repeat(widest)}  ${pc.dim(`In servery.config.ts: ${key}. Takes ${expects}.`)}`;
  });
  return [pc.bold("SETTINGS"), "", ...lines].join("\n");
}
