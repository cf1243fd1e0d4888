/** The member's devices, and linking another one, in memory. */
import type { Handlers } from "./commands";
import { DEVICE_LINK, DEVICE_QR } from "./qr";
import { type World, id } from "./world";

type Devices = Pick<
  Handlers,
  "devices" | "revoke_device" | "offer_link" | "withdraw_link" | "server_trust" | "sign_in_address"
>;

const FINGERPRINT = "iC3kbyBMcHJ7lZ3mZ7xGkUqQeFvKq3m1nKZ4Jm8H3nU";

/** A server that a device would have to ask about: named by its address on a network of one's own. */
export function isSelfMade(server: string): boolean {
  return server.startsWith("192.168.");
}

export function deviceHandlers(world: World): Devices {
  return {
    devices: () => ({
      devices: [
        {
          id: id("device", 1),
          name: "Aki’s laptop (Linux)",
          created: world.now() - 9e8,
          last_seen: world.now(),
          current: true,
        },
        {
          id: id("device", 2),
          name: "Studio Mac",
          created: world.now() - 9e9,
          last_seen: world.now() - 2e8,
          current: false,
        },
      ],
    }),
    revoke_device: () => null,
    offer_link: () => ({ link: DEVICE_LINK, lifetime_ms: 300_000, qr: DEVICE_QR }),
    withdraw_link: () => null,
    server_trust: ({ server }) => ({ server, fingerprint: isSelfMade(server) ? FINGERPRINT : null }),
    sign_in_address: () => ({
      link: `homing://sign-in/chat.northlight.example:7474?fp=${FINGERPRINT}`,
      fingerprint: FINGERPRINT,
    }),
  };
}
