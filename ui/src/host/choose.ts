/** Which host this page has. */
import { socketAddress, socketHost } from "./socket";
import type { Host } from "./types";

export async function chooseHost(location: Location): Promise<Host> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./tauri")).tauriHost();
  if (__DEMO__) return (await import("./memory")).memoryHost(location);
  return socketHost(socketAddress(location));
}
