/** Announces text to screen readers without moving the focus. */
import { type InjectionKey, inject, reactive } from "vue";

export interface Announcer {
  polite: string;
  urgent: string;
  say(text: string, urgent?: boolean): void;
}

export const announcerKey: InjectionKey<Announcer> = Symbol("announcer");

export function useAnnouncer(): Announcer {
  const announcer = inject(announcerKey);
  if (!announcer) throw new Error("no announcer was provided");
  return announcer;
}

export function createAnnouncer(): Announcer {
  return reactive<Announcer>({
    polite: "",
    urgent: "",
    say(text, urgent = false) {
      // A repeated text is only announced if it differs, so a trailing space is added.
      const region = urgent ? "urgent" : "polite";
      this[region] = this[region] === text ? `${text}\u00a0` : text;
    },
  });
}
