/**
 * Puts the interface together: host, stores, words, screen.
 *
 * The first snapshot is awaited before the screen is drawn: it comes from the local store within
 * milliseconds, and so there is never a wrong screen that is replaced by the right one.
 */
import { createApp } from "vue";
import { announcerKey, createAnnouncer } from "@/a11y/announcer";
import type { Standing } from "@/generated/bridge";
import { chooseHost } from "@/host/choose";
import type { Host } from "@/host/types";
import { createWords, localeFor, speak } from "@/i18n";
import { createHoming, homingKey } from "@/stores/homing";
import { createNotices, noticesKey } from "@/stores/notices";
import { createScreen, screenKey } from "@/stores/screen";
import { createNavigation, navigationKey } from "@/stores/view";
import App from "./App.vue";
import { tellPainted } from "./painted";

export async function boot(selector: string, given?: Host) {
  const host = given ?? (await chooseHost(window.location));
  const homing = createHoming(host);
  await homing.start();
  const words = createWords();
  await speak(words, localeFor(homing.state.settings.language, navigator.languages));

  // What can't be kept now is kept with the next step; the window stands where it stands.
  const keep = (standing: Standing) => void homing.call("keep_standing", standing).catch(() => undefined);
  createApp(App, { words })
    .use(words)
    .provide(homingKey, homing)
    .provide(navigationKey, createNavigation(homing.state.standing, keep))
    .provide(noticesKey, createNotices())
    .provide(announcerKey, createAnnouncer())
    .provide(screenKey, createScreen())
    .mount(selector);
  tellPainted(host);
}
