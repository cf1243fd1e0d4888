/**
 * Texts that would do something, if a page took them for more than text: for the renderer, for a browser under the
 * policy of the app, and for the app's own webview. Each that runs anything calls `pwned()`.
 */
import corpus from "./injections.json" with { type: "json" };

export const INJECTIONS: readonly string[] = Object.values(corpus).flat();
