/** The wall clock, for what counts down or goes by on the screen. */
import { type Ref, onScopeDispose, ref, watch } from "vue";

/**
 * The time in milliseconds since 1970, renewed every `every` milliseconds while `runs`, which is asked
 * with the time. A clock that nothing on the screen needs wakes nobody.
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
