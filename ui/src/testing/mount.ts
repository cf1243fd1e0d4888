/** Puts a part of the interface on a page, with everything that it takes from around it. */
import { type ComponentMountingOptions, mount } from "@vue/test-utils";
import type { Component } from "vue";
import { announcerKey, createAnnouncer } from "@/a11y/announcer";
import { hostOf } from "@/host/memory";
import { type Scene, ME, NORTHLIGHT, demoWorld, roomId } from "@/host/memory/demo";
import type { Host } from "@/host/types";
import { createWords } from "@/i18n";
import { afterEndingComposition } from "@/input/inputMethod";
import { createHoming, homingKey } from "@/stores/homing";
import { createNotices, noticesKey } from "@/stores/notices";
import { createFocusState, focusStateKey } from "@/stores/focusState";
import { createNavigation, navigationKey } from "@/stores/navigation";

/** Ten in the morning, local time. */
export const MORNING = new Date(2026, 10, 20, 10, 0).getTime();
export { ME, NORTHLIGHT, roomId };

/** A host that remembers what it was asked. */
export function spied(host: Host): Host & { calls: { name: string; args: unknown }[] } {
  const calls: { name: string; args: unknown }[] = [];
  return {
    ...host,
    calls,
    call(name, args) {
      calls.push({ name, args });
      return host.call(name, args);
    },
  };
}

export async function stage(scene: Scene = "main") {
  const world = demoWorld(scene, () => MORNING);
  const host = spied(hostOf(world));
  const homing = createHoming(host, () => MORNING);
  await homing.start();
  const navigation = createNavigation(
    homing.state.standing,
    (standing) => void homing.call("keep_standing", standing).catch(() => undefined),
    afterEndingComposition,
  );
  const words = createWords();
  const screen = createFocusState();
  const announcer = createAnnouncer();
  const notices = createNotices();
  const space = () => {
    const found = homing.state.spaces.get(NORTHLIGHT);
    if (!found) throw new Error("the scene has no space");
    return found;
  };
  const room = (n: number) => {
    const found = space().rooms.get(roomId(n));
    if (!found) throw new Error(`the scene has no room ${n}`);
    return found;
  };
  const put = (component: Component, options: ComponentMountingOptions<Component> = {}) =>
    mount(component, {
      attachTo: document.body,
      ...options,
      global: {
        plugins: [words],
        provide: {
          [homingKey as symbol]: homing,
          [navigationKey as symbol]: navigation,
          [focusStateKey as symbol]: screen,
          [announcerKey as symbol]: announcer,
          [noticesKey as symbol]: notices,
        },
      },
    });
  return { world, host, homing, navigation, words, screen, announcer, notices, space, room, put };
}
