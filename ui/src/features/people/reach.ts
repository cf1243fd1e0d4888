/** From where the server of a join link is reachable, judged by its address. */
export type Reach = "computer" | "network" | "anywhere";

/** Addresses that no router passes on: RFC 1918, RFC 3927, RFC 4193, RFC 4291, RFC 6762. */
const NETWORK =
  /^((10|192\.168|172\.(1[6-9]|2\d|3[01])|169\.254)(\.\d+)+|\[(f[cd]|fe[89ab])[0-9a-f:]*\]|.*\.local)$/i;
const COMPUTER = /^(127(\.\d+)+|localhost|\[::1\])$/i;

export function reachOf(link: string): Reach {
  const host = (/^homing:\/\/join\/([^/]*)/i.exec(link)?.[1] ?? "").replace(/:\d+$/, "");
  if (COMPUTER.test(host)) return "computer";
  return NETWORK.test(host) ? "network" : "anywhere";
}
