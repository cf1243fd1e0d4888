import { defineConfig } from "@playwright/test";
import base from "./playwright.config";

// The shipped build over the real bridge, engine and server: `homing-test-host` (tests/host), which
// each file starts for itself. HOMING_TEST_HOST names the program.
export default defineConfig({
  ...base,
  testDir: "e2e/real",
  testIgnore: [],
  webServer: [],
  // A file's tests share its host.
  fullyParallel: false,
});
