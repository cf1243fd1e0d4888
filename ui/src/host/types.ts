/**
 * The program behind the interface, whatever it runs in.
 *
 * Three hosts do the same: the desktop shell, the same engine behind a socket, and one in memory for
 * development and tests. Nothing else in the interface knows which of them it speaks to.
 */
import type { Commands, Failure, Push } from "@/generated/bridge";

export type CommandName = keyof Commands;
export type Args<K extends CommandName> = Commands[K]["args"];
export type Returns<K extends CommandName> = Commands[K]["returns"];

export interface Host {
  /** Does what a command asks. Rejects with a {@link Failure}. */
  call<K extends CommandName>(name: K, args: Args<K>): Promise<Returns<K>>;
  /** Hears every push from now on: a snapshot first. The answer ends it. */
  subscribe(listener: (push: Push) => void): Promise<() => void>;
  /** Puts text on the clipboard, also one that is still to come. */
  copy(text: string | Promise<string>): Promise<void>;
  /**
   * The link to a space on the clipboard. Nothing else of it comes to the page, and it is read at this call
   * only. Where the page's program can't read it there is none.
   */
  copiedLink?(): Promise<string | null>;
  /** Reports that the page was painted. Only a desktop window has it. */
  painted?(): Promise<void>;
  /** Ends what an input method composes in the page. False where the page can do so by itself. */
  endComposition?(): Promise<boolean>;
  /** Opens an address outside. The caller has checked its scheme. */
  openLink(url: string): Promise<void>;
}

/** Whether something that was thrown is a command's failure. */
export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "text" in thrown;
}

/** What was thrown, as a failure. */
export function toFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  return {
    code: "failed",
    text: thrown instanceof Error ? thrown.message : String(thrown),
    retry_after_ms: null,
  };
}
