import type { Code } from "@/generated/bridge";

/** Ends a call as the program does. */
export function fail(code: Code, text: string): never {
  throw { code, text, retry_after_ms: null };
}
