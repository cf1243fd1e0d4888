/** Under which key of `close.codes` a close code is explained. */
import { closeCodes } from "@/generated/english";

export type CloseCodeKey = keyof typeof closeCodes;

/** Whether this version knows the code. */
export function isKnownCode(code: number): code is Extract<CloseCodeKey, number> {
  return code in closeCodes;
}

/** The key of a code, or of its range if the code is of a later version. As `CloseCode::range` in Rust. */
export function closeCodeKey(code: number): CloseCodeKey {
  if (isKnownCode(code)) return code;
  if (code >= 1000 && code < 4000) return "registered";
  if (code >= 4000 && code < 4500) return "retryable";
  return code >= 4500 && code < 5000 ? "final" : "invalid";
}
