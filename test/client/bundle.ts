import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The part of the bundler that is used here. It comes along with vitest, by way of vite. */
interface Bundler {
  rolldown(options: object): Promise<{
    generate(options: object): Promise<{ output: readonly { readonly code: string }[] }>;
    close(): Promise<void>;
  }>;
}

const vitest = createRequire(import.meta.url).resolve("vitest/package.json");
const vite = createRequire(vitest).resolve("vite/package.json");
const bundler = (await import(createRequire(vite).resolve("rolldown"))) as Bundler;

const CLIENT = fileURLToPath(new URL("../../dist/client/client.js", import.meta.url));

/** What a page loads when it uses these exports of the client, minified, as one ES module. */
export async function bundle(exports: string): Promise<string> {
  const build = await bundler.rolldown({
    input: "page",
    platform: "browser",
    plugins: [
      {
        name: "page",
        resolveId: (id: string) => (id === "page" ? id : undefined),
        load: (id: string) => (id === "page" ? `export { ${exports} } from ${JSON.stringify(CLIENT)};` : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: "es", minify: true });
  await build.close();
  if (output.length !== 1) throw new Error("the client is more than one file");
  return output[0]?.code ?? "";
}
