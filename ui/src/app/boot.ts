/**
 * Starts the interface: host, stores, translations, root component.
 *
 * The first paint waits for the snapshot, which comes from this machine within milliseconds, so no
 * wrong screen flashes up. It also waits for the rows of the open room and for the font, up to a limit,
 * because rows may have to come from the server.
 */
import { createApp } from "vue";
import { announcerKey, createAnnouncer } from "@/a11y/announcer";
import { openingPoint, anchorIn } from "@/features/timeline/anchor";
import type { ViewState } from "@/generated/bridge";
import { chooseHost } from "@/host/choose";
import type { Host } from "@/host/types";
import { createWords, localeFor, speak } from "@/i18n";
import { handleUndoKeys } from "@/input/keys";
import { afterEndingComposition, handleInputMethods } from "@/input/inputMethod";
import { type Homing, createHoming, homingKey } from "@/stores/homing";
import { createNotices, noticesKey } from "@/stores/notices";
import { createFocusState, focusStateKey } from "@/stores/focusState";
import { type NavigationState, createNavigation, navigationKey } from "@/stores/navigation";
import App from "./App.vue";
import { answerPaintProbe } from "./paintProbe";

/** The font of most text. Other alphabets and the code font load on first use. */
const FONT = '1em "Inter Variable"';

/** How long the first paint waits for rows and fonts, in milliseconds: too short to look like a hang. */
const MAX_WAIT_MS = 250;

export async function boot(selector: string, given?: Host) {
  const font = loadFont();
  const host = given ?? (await chooseHost(window.location));
  handleInputMethods(host.endComposition);
  handleUndoKeys();
  const homing = createHoming(host);
  await homing.start();
  const words = createWords();
  // A failed save is repaired by the next one.
  const keep = (standing: ViewState) => void homing.call("keep_standing", standing).catch(() => undefined);
  const navigation = createNavigation(homing.state.standing, keep, afterEndingComposition);
  await Promise.all([
    speak(words, localeFor(homing.state.settings.language, navigator.languages)),
    atMost(MAX_WAIT_MS, Promise.all([font, readOpenRoom(homing, navigation.view)])),
  ]);

  const app = createApp(App, { words })
    .use(words)
    .provide(homingKey, homing)
    .provide(navigationKey, navigation)
    .provide(noticesKey, createNotices())
    .provide(announcerKey, createAnnouncer())
    .provide(focusStateKey, createFocusState());
  app.mount(selector);
  answerPaintProbe(host);
  return app;
}

/** Waits for a promise up to a time limit. */
const atMost = (ms: number, work: Promise<unknown>) =>
  Promise.race([work, new Promise((done) => setTimeout(done, ms))]);

/** Without this the first text would be drawn in a fallback font and then change. */
async function loadFont() {
  // If it fails, text is drawn in the fallback font.
  if ("fonts" in document) await document.fonts.load(FONT).catch(() => undefined);
}

/** Loads the rows of the room that is open at the start. */
async function readOpenRoom(homing: Homing, view: NavigationState) {
  const { space, room } = view;
  if (space === null || room === null || !homing.state.spaces.get(space)?.rooms.has(room)) return;
  // If this fails, the timeline loads them again and shows the failure.
  await homing.logs.openAhead(space, room, openingPoint(anchorIn(view, room))).catch(() => undefined);
}
