/** The member's devices, and linking another one, in memory. */
import type { Handlers } from "./commands";
import { fail } from "./fail";
import { DEVICE_CODE, DEVICE_LINK, DEVICE_QR } from "./qr";
import { type World, id } from "./world";

type Devices = Pick<
  Handlers,
  | "devices"
  | "rename_device"
  | "revoke_device"
  | "offer_link"
  | "withdraw_link"
  | "server_trust"
  | "sign_in_address"
>;

const FINGERPRINT = "iC3kbyBMcHJ7lZ3mZ7xGkUqQeFvKq3m1nKZ4Jm8H3nU";

/** A server that a device would have to ask about: named by its address on a network of one's own. */
export function isSelfMade(server: string): boolean {
  return server.startsWith("192.168.");
}

export function deviceHandlers(world: World): Devices {
  const names = new Map([
    [id("device", 1), "Aki’s laptop (Linux)"],
    [id("device", 2), "Studio Mac"],
  ]);
  const named = (n: number) => ({ id: id("device", n), name: names.get(id("device", n)) ?? "" });
  return {
    devices: () => ({
      devices: [
        { ...named(1), created: world.now() - 9e8, last_seen: world.now(), current: true },
        { ...named(2), created: world.now() - 9e9, last_seen: world.now() - 2e8, current: false },
      ],
    }),
    rename_device({ space, device, name }) {
      if (!names.has(device)) fail("not_found", "no such device");
      if (name.trim() === "") fail("name_invalid", "a name needs 1 to 64 visible characters");
      names.set(device, name);
      world.pushIn(space, { diff: "devices", devices: [named(1), named(2)] });
      return null;
    },
    revoke_device: () => null,
    offer_link: () => ({
      link: DEVICE_LINK,
      server: "chat.northlight.example:7474",
      code: DEVICE_CODE,
      fingerprint: FINGERPRINT,
      lifetime_ms: 300_000,
      qr: DEVICE_QR,
    }),
    withdraw_link: () => null,
    server_trust: ({ server }) => ({ server, fingerprint: isSelfMade(server) ? FINGERPRINT : null }),
    sign_in_address: () => ({
      link: `homing://sign-in/chat.northlight.example:7474?fp=${FINGERPRINT}`,
      fingerprint: FINGERPRINT,
    }),
  };
}
