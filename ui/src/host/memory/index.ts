/**
 * The host in memory.
 *
 * In a page it reads the address: `?scene=main|offline|welcome|empty|long|spaces`, `now` in
 * milliseconds, `theme` and `lang` for the settings, and `keyring` and `sealed` for the states in
 * which the keys are. `window.homingDemo` holds the world, so
 * that a test can play the server.
 */
import type { AppView, Keyring, Sealed, ViewState } from "@/generated/bridge";
import { copyText } from "@/host/clipboard";
import { type CommandName, type Args, type Host, type Returns, toFailure } from "@/host/types";
import { handlers } from "./commands";
import { type Scene, demoWorld } from "./demo";
import type { World } from "./world";

declare global {
  interface Window {
    homingDemo?: World;
  }
}

const PLACE = "homing.place";

function readStanding(): ViewState | null {
  const kept = window.localStorage.getItem(PLACE);
  return kept === null ? null : (JSON.parse(kept) as ViewState);
}

/** What a wire does to a value. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** A host over a world. Answers come later, as real ones do. */
export function hostOf(world: World): Host {
  const known = handlers(world);
  return {
    async call<K extends CommandName>(name: K, args: Args<K>): Promise<Returns<K>> {
      await Promise.resolve();
      try {
        return copy(known[name](copy(args)));
      } catch (thrown) {
        throw toFailure(thrown);
      }
    },
    subscribe: (listener) => Promise.resolve(world.listen(listener)),
    copy: copyText,
    copiedLink: () => Promise.resolve(world.copied),
    openLink(url) {
      window.open(url, "_blank", "noopener,noreferrer");
      return Promise.resolve();
    },
  };
}

export function memoryHost(location: Location): Host {
  const query = new URLSearchParams(location.search);
  const offset = query.has("now") ? Number(query.get("now")) - Date.now() : 0;
  const settings: Partial<AppView["settings"]> = {};
  const theme = query.get("theme");
  if (theme === "light" || theme === "dark") settings.theme = theme;
  const language = query.get("lang");
  if (language === "en" || language === "zh-CN") settings.language = language;
  const world = demoWorld(
    (query.get("scene") as Scene | null) ?? "main",
    () => Date.now() + offset,
    settings,
  );
  const keyring = query.get("keyring");
  const sealed = query.get("sealed");
  if (keyring !== null || sealed !== null)
    world.keep(
      (keyring === "failed"
        ? { state: keyring, text: "disk I/O" }
        : { state: keyring ?? "working" }) as Keyring,
      (sealed ?? "unused") as Sealed,
    );
  world.view.standing = readStanding();
  window.homingDemo = world;
  const host = hostOf(world);
  return {
    ...host,
    call(name, args) {
      // The world ends with the page, but the program would keep this.
      if (name === "keep_standing") window.localStorage.setItem(PLACE, JSON.stringify(args));
      return host.call(name, args);
    },
  };
}
