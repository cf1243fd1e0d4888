/** Where this device’s keys are kept, and the ways to change that. */
import { type ComputedRef, type Ref, computed, ref } from "vue";
import type { ConnectionState, Failure, Keyring, Sealed } from "@/generated/bridge";
import { useAttempt } from "./attempt";
import { useHoming } from "./homing";
import type { SpaceState } from "./state";

/** Why a space has no key: what the file behind the passphrase has to say, or the keyring. */
export type Missing =
  Exclude<Sealed, "unused" | "open"> | Exclude<Keyring["state"], "untried" | "working"> | "missing";

/**
 * Whether a space is without its key, and why. While it connects that is not known: `before` is
 * what was known last, so that no words come and go with every try.
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
  // A keyring that works has no key for this space, and never had.
  return keyring.state === "untried" || keyring.state === "working" ? "missing" : keyring.state;
}

export function useMissingKey(space: () => SpaceState): ComputedRef<Missing | null> {
  const { state } = useHoming();
  return computed<Missing | null>((before) =>
    missingKey(space().link, state.keyring, state.sealed, (before ?? null) !== null),
  );
}

export type PassphraseMode = "begin" | "renew" | "enter" | "change";

/** A dialog about the passphrase: which one is open, and what becomes of what was typed. */
export function usePassphrase(): {
  mode: Ref<PassphraseMode | null>;
  busy: Ref<boolean>;
  failure: Ref<Failure | null>;
  open(mode: PassphraseMode): void;
  close(): void;
  /** Whether it was taken. */
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
