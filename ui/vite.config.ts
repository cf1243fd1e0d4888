import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { emojiTable } from "./build/emojiTable.ts";

// `--mode demo` is the same interface over the in-memory host, for development and for the browser
// tests. The build that ships has neither that host nor its data.
export default defineConfig(({ mode }) => ({
  plugins: [vue(), emojiTable()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  define: {
    __DEMO__: JSON.stringify(mode === "demo" || mode === "test"),
    __VUE_I18N_FULL_INSTALL__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
    __VUE_OPTIONS_API__: mode === "test" ? "true" : "false",
  },
  // The window loads its files from disk: relative addresses work there and behind any server.
  base: "./",
  build: {
    outDir: mode === "demo" ? "dist-demo" : "dist",
    // The oldest webview that Debian 12, Windows and macOS 13 bring.
    target: ["safari16", "chrome111"],
    // Inlined files would need `data:` in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The shell's policy, so that the browser tests see what it would refuse.
  preview: {
    headers: {
      "content-security-policy":
        "default-src 'self'; connect-src 'self' ws://127.0.0.1:*; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'",
    },
  },
  server: { port: 5173, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    // What a test waits for it polls; this only ends one that hangs, and a busy machine is no fault.
    testTimeout: 30_000,
  },
}));
