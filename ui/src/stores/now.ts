/** The wall clock, for what counts down or goes by on the screen. */
import { type Ref, onScopeDispose, ref } from "vue";

/** The time in milliseconds since 1970, renewed every `every` milliseconds. */
export function useNow(every: number): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), every);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
