import { defineConfig } from "@playwright/test";

const port = 4173;

// The system's Chromium: nothing is downloaded. The pages are the built ones, from disk.
export default defineConfig({
  testDir: "e2e",
  testIgnore: "real/**",
  outputDir: "test-results/runs",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 20_000,
  reporter: [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${port}`,
    browserName: "chromium",
    viewport: { width: 1280, height: 820 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    colorScheme: "light",
    permissions: ["clipboard-read", "clipboard-write"],
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `npx vite preview --outDir dist-demo --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}`,
    reuseExistingServer: false,
  },
});
