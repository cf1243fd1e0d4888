/**
 * Puts the interface together: host, stores, words, screen.
 *
 * The screen is drawn once, as it is: the snapshot comes from this machine within milliseconds and is
 * awaited, so there is never a wrong screen that is replaced by the right one. So are the rows of the
 * open room and the letters, unless they take too long: rows may have to come from the server.
 */
import { createApp } from "vue";
import { announcerKey, createAnnouncer } from "@/a11y/announcer";
import { fromOf, standingIn } from "@/features/timeline/anchor";
import type { ViewState } from "@/generated/bridge";
import { chooseHost } from "@/host/choose";
import type { Host } from "@/host/types";
import { createWords, localeFor, speak } from "@/i18n";
import { mindSteps } from "@/input/keys";
import { endingComposition, mindInputMethods } from "@/input/method";
import { type Homing, createHoming, homingKey } from "@/stores/homing";
import { createNotices, noticesKey } from "@/stores/notices";
import { createScreen, screenKey } from "@/stores/screen";
import { type View, createNavigation, navigationKey } from "@/stores/view";
import App from "./App.vue";
import { tellPainted } from "./painted";

/** What nearly everything is written in. Other alphabets and digits of code come as they are met. */
const LETTERS = '1em "Inter Variable"';

/** So long the screen waits for rows and letters, in milliseconds: nobody takes it for dead yet. */
const PATIENCE = 250;

export async function boot(selector: string, given?: Host) {
  const letters = readLetters();
  const host = given ?? (await chooseHost(window.location));
  mindInputMethods(host.endComposition);
  mindSteps();
  const homing = createHoming(host);
  await homing.start();
  const words = createWords();
  // What can't be kept now is kept with the next step; the window stands where it stands.
  const keep = (standing: ViewState) => void homing.call("keep_standing", standing).catch(() => undefined);
  const navigation = createNavigation(homing.state.standing, keep, endingComposition);
  await Promise.all([
    speak(words, localeFor(homing.state.settings.language, navigator.languages)),
    atMost(PATIENCE, Promise.all([letters, readOpenRoom(homing, navigation.view)])),
  ]);

  const app = createApp(App, { words })
    .use(words)
    .provide(homingKey, homing)
    .provide(navigationKey, navigation)
    .provide(noticesKey, createNotices())
    .provide(announcerKey, createAnnouncer())
    .provide(screenKey, createScreen());
  app.mount(selector);
  tellPainted(host);
  return app;
}

/** Waits for something, but not for ever. */
const atMost = (ms: number, work: Promise<unknown>) =>
  Promise.race([work, new Promise((done) => setTimeout(done, ms))]);

/** Without them the first text would be drawn in another font, and once more in the right one. */
async function readLetters() {
  // The text is drawn all the same if they can't be read.
  if ("fonts" in document) await document.fonts.load(LETTERS).catch(() => undefined);
}

/** Reads the rows of the room that is open from the start. */
async function readOpenRoom(homing: Homing, view: View) {
  const { space, room } = view;
  if (space === null || room === null || !homing.state.spaces.get(space)?.rooms.has(room)) return;
  // The room's view reads them again if this failed, and says why if that fails too.
  await homing.logs.openAhead(space, room, fromOf(standingIn(view, room))).catch(() => undefined);
}
