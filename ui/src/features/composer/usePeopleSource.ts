/** Suggestions after `@`: people, and everybody in the room where the person may mention them. */
import { computed } from "vue";
import type { Room } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import type { SpaceState } from "@/stores/state";
import { ROOM } from "@/text/token";
import { mayMentionRoom, mentionQueryAt, offer, offersRoom } from "./completion";
import type { Source, Suggestion } from "./useSuggestions";

export function usePeopleSource(space: () => SpaceState, room: () => Room): Source {
  const homing = useHoming();
  /** The authors in this room, by their last message. */
  const recent = computed(
    () => new Map(homing.state.logs.get(room().id)?.items.map(({ sender }, place) => [sender, place])),
  );
  return {
    queryAt: mentionQueryAt,
    offer(part) {
      const { people, space: self } = space();
      const all = offer(people.values(), part, self.me, recent.value).map((person): Suggestion => ({
        kind: "person",
        person,
        inserted: `@${person.name}`,
      }));
      const everybody = offersRoom(part) && mayMentionRoom(people.get(self.me), room().members);
      return everybody ? [...all, { kind: "room", inserted: `@${ROOM}` }] : all;
    },
  };
}
