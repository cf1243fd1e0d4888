/** The order of a space's rooms, shared by the list, the shortcuts and the default room. */
import { computed, toRaw } from "vue";
import { useI18n } from "vue-i18n";
import type { Room } from "@/generated/bridge";
import { roomName } from "@/stores/names";
import type { SpaceState } from "@/stores/state";
import { useNavigation } from "@/stores/navigation";
import { RoomOrder } from "./order";
import type { Sections } from "./sections";

const orders = new WeakMap<object, RoomOrder>();

export function useRoomOrder(space: () => SpaceState): () => Sections {
  const { t } = useI18n();
  const navigation = useNavigation();
  /** Another object once somebody is called otherwise. */
  const names = computed(() => ({ people: space().people.size, nobody: t("rooms.nobody") }));

  return () => {
    const here = space();
    // Read for its changes; the rooms themselves are compared as they are, without a look at each field.
    void here.rooms.size;
    const rooms = toRaw(here.rooms);
    let order = orders.get(rooms);
    if (!order) orders.set(rooms, (order = new RoomOrder()));
    const open = navigation.view.space === here.space.id ? navigation.view.room : null;
    order.take(rooms, open, (room: Room) => roomName(here, room, names.value.nobody), names.value.people);
    return order.sections();
  };
}
