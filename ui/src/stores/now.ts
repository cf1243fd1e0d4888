/** The current time as a ref, for countdowns and durations on the screen. */
import { type Ref, onScopeDispose, ref, watch } from "vue";

/**
 * The time in milliseconds since 1970, updated every `every` milliseconds while `runs` returns true for
 * it. Without that there is no timer, so an idle window causes no wake-ups.
 */
export function useNow(every: number, runs: (now: number) => boolean = () => true): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const tick = () => (now.value = Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;
  watch(
    () => runs(now.value),
    (run) => {
      clearInterval(timer);
      if (!run) return;
      tick();
      timer = setInterval(tick, every);
    },
    { immediate: true, flush: "sync" },
  );
  onScopeDispose(() => clearInterval(timer));
  return now;
}
