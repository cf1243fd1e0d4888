/** Opens the Inspector for as long as a component lives, and again when pushes may have been missed. */
import { onBeforeUnmount, shallowReactive, watch } from "vue";
import type { SpaceId } from "@/generated/bridge";
import { type Attempt, useAttempt } from "@/stores/attempt";
import { useHoming } from "@/stores/homing";
import { type TrafficLog, emptyTraffic, takeTraffic } from "@/stores/traffic";

export function useInspection(space: SpaceId): { line: TrafficLog; failure: Attempt["failure"] } {
  const homing = useHoming();
  const { failure, run } = useAttempt();
  // Lists are replaced whole, so their rows need no watching one by one.
  const line = shallowReactive(emptyTraffic());
  homing.state.traffic.set(space, line);

  async function open() {
    line.stale = false;
    const traffic = await run(() => homing.call("inspect", { space }));
    if (traffic) takeTraffic(line, traffic);
  }

  watch(
    () => line.stale,
    (stale) => stale && void open(),
  );
  onBeforeUnmount(() => {
    homing.state.traffic.delete(space);
    // A host that is gone keeps nothing open either.
    homing.call("stop_inspecting", { space }).catch(() => undefined);
  });
  void open();
  return { line, failure };
}
