/** The jump to the end of a room, and the way back to where one was. */
import { type ComputedRef, type Ref, computed, nextTick, ref, watch } from "vue";
import type { RowPlace } from "@/components/useVirtualRows";
import type { RoomId, ScrollAnchor, SpaceId } from "@/generated/bridge";
import { useHoming } from "@/stores/homing";
import { anchorOf } from "./anchor";
import type { Row } from "./rows";

interface Stage {
  place: () => { space: SpaceId; room: RoomId };
  rows: Ref<readonly Row[]>;
  viewport: Ref<HTMLElement | null>;
  /** The end of the room is in view. */
  seesEnd: Ref<boolean>;
  inView(): RowPlace[];
  toRow(key: string, offset?: number): boolean;
  toEnd(): void;
  /** Reads, and says what failed. */
  attempt(read: () => Promise<void>): Promise<void>;
}

export function useJumping(stage: Stage): {
  toNewest(): Promise<void>;
  back(): Promise<void>;
  /** One came to the end by a jump, and can go back. */
  canGoBack: ComputedRef<boolean>;
} {
  const homing = useHoming();
  /** Where one was before the jump. */
  const from = ref<ScrollAnchor | null>(null);

  async function open(at: Parameters<typeof homing.logs.open>[2]) {
    const { space, room } = stage.place();
    await stage.attempt(() => homing.logs.open(space, room, at));
    await nextTick();
  }

  async function toNewest() {
    const { room } = stage.place();
    if (!stage.seesEnd.value) from.value = anchorOf(room, stage.inView(), stage.rows.value);
    if (homing.state.logs.get(room)?.more_after) await open("latest");
    await nextTick();
    stage.toEnd();
    stage.viewport.value?.focus({ preventScroll: true });
  }

  async function back() {
    const to = from.value;
    if (!to) return;
    from.value = null;
    if (!stage.toRow(to.key, to.offset)) {
      await open({ seq: to.seq });
      stage.toRow(to.key, to.offset);
    }
    stage.viewport.value?.focus({ preventScroll: true });
  }

  // Whoever scrolls up from the end finds the way by themselves.
  watch(stage.seesEnd, (sees) => {
    if (!sees) from.value = null;
  });

  return { toNewest, back, canGoBack: computed(() => from.value !== null && stage.seesEnd.value) };
}
