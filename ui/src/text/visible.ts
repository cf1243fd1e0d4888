/**
 * Whether anything of a text can be seen, by the rule of the protocol: the server refuses what can't be, so it is not
 * sent. See `is_visible` in the crate `homing-protocol`.
 */
const SEEN =
  /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\u{2800}\u{1d159}\u{13441}\u{13442}]/u;

export function isVisible(text: string): boolean {
  return SEEN.test(text);
}
