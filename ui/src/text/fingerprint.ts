/** A certificate's fingerprint as people compare it, on a screen or on the phone. */

/** Read aloud and compared in fours. */
const GROUP = /.{1,4}/gu;

export function inGroups(fingerprint: string): string[] {
  return fingerprint.match(GROUP) ?? [];
}
