/** Where this device’s keys are stored: why one is missing, and the dialogs about the passphrase. */
import { type ComputedRef, type Ref, computed, ref } from "vue";
import type { ConnectionState, Failure, Keyring, Sealed } from "@/generated/bridge";
import { useAttempt } from "./attempt";
import { useHoming } from "./homing";
import type { SpaceState } from "./state";

/** Why a space has no key: the state of the sealed file, or that of the keyring. */
export type Missing =
  Exclude<Sealed, "unused" | "open"> | Exclude<Keyring["state"], "untried" | "working"> | "missing";

/**
 * Whether a space lacks its key, and why. During an attempt to connect this is unknown, so the last
 * known state, `before`, stays: otherwise the banner would flicker with every attempt.
 */
export function missingKey(
  link: ConnectionState,
  keyring: Keyring,
  sealed: Sealed,
  before: boolean,
): Missing | null {
  const waits = link.state === "refused" || link.state === "waiting";
  const asking = link.state === "connecting" && (before || keyring.state === "timed_out");
  if (!asking && !(waits && link.why.cause === "no_token")) return null;
  if (sealed !== "unused" && sealed !== "open") return sealed;
  // The keyring works but has no key for this space.
  return keyring.state === "untried" || keyring.state === "working" ? "missing" : keyring.state;
}

export function useMissingKey(space: () => SpaceState): ComputedRef<Missing | null> {
  const { state } = useHoming();
  return computed<Missing | null>((before) =>
    missingKey(space().link, state.keyring, state.sealed, (before ?? null) !== null),
  );
}

export type PassphraseMode = "begin" | "renew" | "enter" | "change";

/** The passphrase dialogs: which one is open, and submitting it. */
export function usePassphrase(): {
  mode: Ref<PassphraseMode | null>;
  busy: Ref<boolean>;
  failure: Ref<Failure | null>;
  open(mode: PassphraseMode): void;
  close(): void;
  /** Resolves to whether the passphrase was accepted. */
  submit(passphrase: string, old: string): Promise<boolean>;
} {
  const homing = useHoming();
  const { busy, failure, run } = useAttempt();
  const mode = ref<PassphraseMode | null>(null);

  function show(which: PassphraseMode | null) {
    failure.value = null;
    mode.value = which;
  }

  return {
    mode,
    busy,
    failure,
    open: show,
    close: () => show(null),
    async submit(passphrase, old) {
      const which = mode.value;
      const taken = await run(async () => {
        if (which === "enter") await homing.call("enter_passphrase", { passphrase });
        else if (which === "change") await homing.call("change_passphrase", { old, new: passphrase });
        else await homing.call("begin_passphrase", { passphrase });
        return true;
      });
      if (taken) show(null);
      return taken === true;
    },
  };
}
