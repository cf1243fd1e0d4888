/** Runs one action at a time and keeps its failure for the screen. */
import { type Ref, ref } from "vue";
import type { Cid, Failure } from "@/generated/bridge";
import { toFailure } from "@/host/types";

export interface Attempt {
  busy: Ref<boolean>;
  failure: Ref<Failure | null>;
  /** Resolves to the result of `act`; null if it failed or another one was running. */
  run<T>(act: () => Promise<T>): Promise<T | null>;
}

export function useAttempt(): Attempt {
  const busy = ref(false);
  const failure = ref<Failure | null>(null);
  return {
    busy,
    failure,
    async run(act) {
      if (busy.value) return null;
      busy.value = true;
      failure.value = null;
      try {
        return await act();
      } catch (thrown) {
        failure.value = toFailure(thrown);
        return null;
      } finally {
        busy.value = false;
      }
    },
  };
}

/**
 * An idempotency key (UUIDv7, RFC 9562 section 5.7). It is kept over retries, so that a lost answer
 * does not create a second member.
 */
export function newRequestId(): Cid {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const now = Date.now();
  view.setUint16(0, Math.floor(now / 2 ** 32));
  view.setUint32(2, now >>> 0);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
