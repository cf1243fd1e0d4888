/**
 * A long notice in a low window: one line with "More", so that what it is about is not pushed out of
 * view by it. At 200 % on a laptop a window is so low.
 */
import { type ComputedRef, type Ref, computed, onScopeDispose, ref } from "vue";

const LOW = "(max-height: 500px)";

export interface Fold {
  /** The window is so low that there is something to fold. */
  low: Ref<boolean>;
  folded: ComputedRef<boolean>;
  toggle(): void;
}

export function useFold(): Fold {
  const query = window.matchMedia(LOW);
  const low = ref(query.matches);
  const opened = ref(false);
  const changed = (event: MediaQueryListEvent) => (low.value = event.matches);
  query.addEventListener("change", changed);
  onScopeDispose(() => query.removeEventListener("change", changed));
  return {
    low,
    folded: computed(() => low.value && !opened.value),
    toggle: () => (opened.value = !opened.value),
  };
}
