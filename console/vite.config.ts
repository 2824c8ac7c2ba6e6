import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "/console/",
  plugins: [react()],
  resolve: {
    alias: { "servery/client": fileURLToPath(new URL("../src/client/client.ts", import.meta.url)) },
  },
  build: {
    target: ["chrome123", "firefox121", "safari17.5"],
    emptyOutDir: true,
    // The page may load nothing from data: but pictures, and a file can be kept by the browser.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // While the console itself is written: `npx vite console` beside a running `npm start`.
  server: { proxy: { "^/(api|docs|openapi\\.json)": "http://127.0.0.1:5000" } },
});
