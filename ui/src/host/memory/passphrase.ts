/** Keys behind a passphrase, in memory. */
import type { Code } from "@/generated/bridge";
import type { Handlers } from "./commands";
import type { World } from "./world";

type Names = "begin_passphrase" | "enter_passphrase" | "change_passphrase" | "use_keyring";

/** What opens the file of keys. */
const PASSPHRASE = "correct horse battery";

function fail(code: Code, text: string): never {
  throw { code, text, retry_after_ms: null };
}

export function passphraseHandlers(world: World): Pick<Handlers, Names> {
  return {
    begin_passphrase({ passphrase }) {
      if ([...passphrase].length < 8) fail("passphrase_too_short", "at least 8 characters");
      world.keep(world.view.keyring, "open");
      return null;
    },
    enter_passphrase({ passphrase }) {
      if (passphrase !== PASSPHRASE) fail("wrong_passphrase", "the passphrase is wrong");
      world.keep(world.view.keyring, "open");
      return null;
    },
    change_passphrase({ old }) {
      if (old !== PASSPHRASE) fail("wrong_passphrase", "the passphrase is wrong");
      return null;
    },
    use_keyring() {
      if (world.view.keyring.state !== "working") fail("keyring", "the keyring is not at hand");
      world.keep({ state: "working" }, "unused");
      return null;
    },
  };
}
