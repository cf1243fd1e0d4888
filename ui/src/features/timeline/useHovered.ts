/** The row under the pointer. */
import { type Ref, ref } from "vue";

export function useHovered(): {
  hovered: Ref<string | null>;
  onPointer(event: PointerEvent): void;
  onLeave(): void;
} {
  const hovered = ref<string | null>(null);
  return {
    hovered,
    onPointer({ target }) {
      const row = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
      hovered.value = row?.dataset["row"] ?? null;
    },
    onLeave() {
      hovered.value = null;
    },
  };
}
