/** The entries of the switcher: rooms of every space, people, commands, settings. */
import { Command, Hash, Lock, MessageSquarePlus, Plus, Settings } from "@lucide/vue";
import { type Component, type ComputedRef, computed } from "vue";
import { useI18n } from "vue-i18n";
import { useHoming } from "@/stores/homing";
import { roomName } from "@/stores/names";
import type { SpaceState } from "@/stores/state";
import { SETTINGS_PAGES, useNavigation } from "@/stores/navigation";
import type { Entry } from "./search";

export interface Choice extends Entry {
  /** What it is, beside its name. */
  label: string;
  /** Of which space, if not of this one. */
  of?: SpaceState;
  unread?: number;
  mentions?: number;
  face?: string;
  icon?: Component;
  run(): unknown;
}

export function useSwitcherEntries(space: () => SpaceState): {
  all: ComputedRef<Choice[]>;
  /** What is offered where nothing is found: no end without a way on. */
  instead(query: string): Choice[];
} {
  const { t } = useI18n();
  const homing = useHoming();
  const navigation = useNavigation();

  function roomsOf(one: SpaceState): Choice[] {
    const here = one.space.id === space().space.id;
    return [...one.rooms.values()]
      .sort((a, b) => Number(b.unread > 0) - Number(a.unread > 0) || (b.last?.ts ?? 0) - (a.last?.ts ?? 0))
      .map((room) => {
        const kind = t(room.kind === "direct" ? "switcher.direct" : "switcher.room");
        return {
          id: room.id,
          group: "rooms",
          name: roomName(one, room, t("rooms.nobody")),
          label: here ? kind : `${kind} · ${one.space.name}`,
          first: room.unread > 0 && !room.muted,
          unread: room.muted ? 0 : room.unread,
          mentions: room.mentions,
          ...(here ? {} : { of: one }),
          ...(room.kind === "direct"
            ? { face: room.people[0] ?? one.space.me }
            : { icon: room.kind === "private" ? Lock : Hash }),
          run: () => navigation.openRoom(one.space.id, room.id),
        };
      });
  }

  const rooms = computed(() => roomsOf(space()));
  const elsewhere = computed(() =>
    [...homing.state.spaces.values()].filter((one) => one.space.id !== space().space.id).flatMap(roomsOf),
  );
  /** People with a direct room are already listed as rooms. */
  const known = computed(
    () =>
      new Set(
        [...space().rooms.values()]
          .filter((room) => room.kind === "direct" && room.people.length === 1)
          .flatMap((room) => room.people),
      ),
  );
  const people = computed<Choice[]>(() =>
    [...space().people.values()]
      .filter((person) => person.id !== space().space.me && !person.gone && !known.value.has(person.id))
      .map((person) => ({
        id: person.id,
        group: "people",
        name: person.name,
        label: t("switcher.person"),
        first: false,
        face: person.id,
        run: () => talkTo(person.id),
      })),
  );

  function command(id: string, name: string, run: () => unknown, rest: Partial<Choice> = {}): Choice {
    return {
      id,
      group: "commands",
      name,
      label: t("switcher.command"),
      first: false,
      icon: Command,
      run,
      ...rest,
    };
  }

  const commands = computed<Choice[]>(() => {
    const { settings } = homing.state;
    const dark = document.documentElement.dataset["theme"] === "dark";
    const page = (name: (typeof SETTINGS_PAGES)[number]) =>
      command(`settings-${name}`, t(`settings.${name}`), () => navigation.showSettings(name), {
        label: t("switcher.setting"),
        icon: Settings,
        also: `${t(`switcher.words.${name}`)} ${t("settings.title")}`,
      });
    return [
      command("create", t("rooms.create"), () => navigation.show("create_room")),
      command("browse", t("rooms.browse"), () => navigation.show("browse_rooms")),
      command("direct", t("rooms.message"), () => navigation.show("direct")),
      command("invite", t("rooms.invite"), () => navigation.show("invite")),
      command("outbox", t("switcher.outbox"), () => navigation.show("outbox")),
      command("details", t("switcher.details"), () => (navigation.view.details = !navigation.view.details)),
      command("theme", t(dark ? "switcher.theme_light" : "switcher.theme_dark"), () =>
        homing.call("set_settings", { ...settings, theme: dark ? "light" : "dark" }),
      ),
      command("add", t("space.add"), () => navigation.show("add_space")),
      command("doctor", t("doctor.run"), () => navigation.show("doctor")),
      command("inspector", t("inspector.open"), () => navigation.show("inspector")),
      command("settings", t("switcher.settings"), () => navigation.show("settings")),
      command("keys", t("switcher.keys"), () => navigation.show("keys")),
      ...SETTINGS_PAGES.map(page),
    ];
  });

  async function talkTo(user: string) {
    const opened = await homing.call("open_direct", { space: space().space.id, users: [user] });
    navigation.openRoom(space().space.id, opened.room);
  }

  return {
    all: computed(() => [...rooms.value, ...people.value, ...elsewhere.value, ...commands.value]),
    instead: (query) => {
      const name = query.trim().replace(/^[#＃]/, "");
      if (name === "") return [];
      const create = () => {
        navigation.view.wanted = name;
        navigation.show("create_room");
      };
      return [
        command("create-named", t("switcher.create_named", { name }), create, { icon: Plus }),
        command("message", t("rooms.message"), () => navigation.show("direct"), { icon: MessageSquarePlus }),
        command("browse", t("rooms.browse"), () => navigation.show("browse_rooms")),
      ];
    },
  };
}
