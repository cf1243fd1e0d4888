/** The members of the open room, loaded again when their number changes. */
import { type Ref, ref, watch } from "vue";
import type { Room, SpaceId, UserId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";

export function useMembers(
  space: () => SpaceId,
  room: () => Room | null,
): { members: Ref<UserId[] | null>; again(): Promise<void> } {
  const homing = useHoming();
  const members = ref<UserId[] | null>(null);

  async function again() {
    const asked = room();
    if (!asked) return;
    try {
      const users = await homing.call("room_members", { space: space(), room: asked.id });
      if (room()?.id === asked.id) members.value = users;
    } catch {
      // Offline and not cached: a direct room knows its people, other rooms show nothing.
      if (room()?.id === asked.id && asked.kind === "direct") members.value = [...asked.people];
    }
  }

  watch(
    () => room()?.id,
    () => (members.value = null),
    { flush: "sync" },
  );
  const online = () => homing.state.spaces.get(space())?.link.state === "up_to_date";
  watch(() => [room()?.id, room()?.members, online()], again, { immediate: true });
  return { members, again };
}
