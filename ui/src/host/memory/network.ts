/** The way to servers in memory: a proxy called `wrong` fails, a certificate is one if it looks so. */
import type { CertificateAuthority, Code, Examination, Finding, NetworkSettings } from "@/generated/bridge";
import type { Handlers } from "./commands";
import { demoFindings } from "./connection";
import type { World } from "./world";

type Names =
  "set_network" | "test_network" | "authorities" | "add_authority" | "remove_authority" | "renew_link";

function fail(code: Code, text: string): never {
  throw { code, text, retry_after_ms: null };
}

function check({ proxy, manual }: NetworkSettings) {
  if (proxy !== "manual") return;
  if (!/^[\w.:-]+$/.test(manual.host)) fail("proxy_host", "no name");
  if (manual.port === 0) fail("proxy_port", "no port");
}

/** `host:port` of an address or link. */
function place(server: string): string {
  const host =
    server
      .trim()
      .replace(/^homing:\/\/join\//, "")
      .split("/")[0] ?? "";
  if (host === "") fail("damaged_link", "no server");
  return host.includes(":") ? host : `${host}:4664`;
}

function tried({ proxy, manual }: NetworkSettings, server: string): Examination {
  const findings = demoFindings(true).filter(({ step }) => ["tls", "upgrade"].includes(step));
  const facts: Finding["facts"] = [{ about: "server", value: server }];
  if (proxy !== "manual") {
    const all = demoFindings(true).filter(({ step }) => !["sign_in", "round_trip", "clock"].includes(step));
    const direct = proxy === "none" ? "proxy_off" : "no_proxy";
    return {
      running: false,
      findings: all.map((found) => (found.step === "proxy" ? { ...found, outcome: direct } : found)),
    };
  }
  const named: Finding["facts"] = [
    { about: "proxy", value: `${manual.kind}://${manual.host}:${manual.port}` },
    { about: "chosen_by", value: "settings" },
  ];
  const name: Finding = { step: "name", outcome: "name_at_proxy", verdict: "fine", took_ms: null, facts };
  const used = { step: "proxy", took_ms: 8, facts: named } as const;
  if (manual.host === "wrong")
    return {
      running: false,
      findings: [name, { ...used, outcome: "proxy_wrong_password", verdict: "wrong", facts: [...named] }],
    };
  return {
    running: false,
    findings: [
      name,
      { ...used, outcome: "proxy_used", verdict: "fine", facts: [...named] },
      { step: "tcp", outcome: "tcp_by_proxy", verdict: "fine", took_ms: null, facts: [] },
      ...findings,
    ],
  };
}

export function networkHandlers(world: World): Pick<Handlers, Names> {
  const authorities: CertificateAuthority[] = [];
  return {
    set_network({ network, password }) {
      check(network);
      const password_kept = password.password !== "forget";
      const settings = {
        ...world.view.settings,
        network: { ...network, manual: { ...network.manual, password_kept } },
      };
      world.view.settings = settings;
      world.push({ change: "settings", settings });
      return null;
    },
    test_network({ network, server }) {
      check(network);
      return tried(network, place(server));
    },
    authorities: () => authorities,
    add_authority({ server, pem }) {
      if (!pem.includes("-----BEGIN CERTIFICATE-----")) fail("authority_not_pem", "no PEM");
      authorities.push({
        server: place(server),
        name: "Northlight Internal CA",
        fingerprint: "5E:1C:0A:77:".repeat(8).slice(0, -1),
        until: "2036-03-01",
        ended: false,
      });
      return authorities;
    },
    remove_authority({ server }) {
      const at = authorities.findIndex((one) => one.server === server);
      if (at >= 0) authorities.splice(at, 1);
      return authorities;
    },
    renew_link({ space, link }) {
      if (!link.startsWith("homing://join/")) fail("not_a_link", "this is no join link");
      if (link.includes("OTHER")) fail("other_space", "another space");
      world.setLink(space, { state: "up_to_date", rtt_ms: 23 });
      return null;
    },
  };
}
