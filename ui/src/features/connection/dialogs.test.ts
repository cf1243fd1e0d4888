import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import DoctorDialog from "@/features/doctor/DoctorDialog.vue";
import KeyBanner from "@/features/keyStorage/KeyBanner.vue";
import { stage } from "@/testing/mount";
import CertificateDialog from "./CertificateDialog.vue";
import SignedOutNote from "./SignedOutNote.vue";
import ConnectionBanner from "./ConnectionBanner.vue";

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

describe("a certificate that changed", () => {
  it("shows both fingerprints with what differs marked, and what to do before what it may mean", async () => {
    const all = await stage("main");
    const [expected, found] = ["iC3kbNdY6cHk0rYx", "iC3kXXXX6cHk0rYz"];
    Object.assign(all.space(), {
      link: { state: "refused", why: { cause: "certificate_changed", expected, found } },
    });
    all.put(CertificateDialog, { props: { space: all.space() } });
    await flushPromises();
    const prints = document.querySelector("[data-testid=fingerprints]");
    const sides = [...(prints?.querySelectorAll("dd") ?? [])];
    expect(sides.map((side) => side.textContent)).toEqual([expected, found]);
    expect(sides.map((side) => [...side.querySelectorAll("mark")].map((one) => one.textContent))).toEqual([
      ["bNdY", "0rYx"],
      ["XXXX", "0rYz"],
    ]);
    const text = document.querySelector("[data-testid=certificate]")?.textContent ?? "";
    expect(text.indexOf("What to do")).toBeLessThan(text.indexOf("New join link"));
    expect(text.indexOf("New join link")).toBeLessThan(text.indexOf("Possible reasons"));
  });
});

describe("the Doctor", () => {
  it("begins at its verdict, and goes to the step that is wrong", async () => {
    const shown: string[] = [];
    vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
      shown.push(this.getAttribute("data-step") ?? "");
    });
    const all = await stage("offline");
    all.put(DoctorDialog, { props: { space: all.space() } });
    const verdict = () => document.querySelector("[data-testid=doctor-verdict]");
    await expect.poll(() => document.activeElement === verdict(), { timeout: 3000 }).toBe(true);
    await expect.poll(() => verdict()?.textContent.trim(), { timeout: 5000 }).toBe("Failed at: TCP");
    await flushPromises();
    expect(shown).toEqual(["tcp"]);
  });
});

describe("what the Doctor found", () => {
  it("is one line where all is well, and open where something is not", async () => {
    const all = await stage("main");
    all.put(DoctorDialog, { props: { space: all.space() } });
    const steps = (verdict: string) => [...document.querySelectorAll(`[data-verdict=${verdict}]`)];
    await expect.poll(() => steps("doubtful").length, { timeout: 5000 }).toBe(1);
    expect(steps("fine").length).toBeGreaterThan(4);
    for (const step of steps("fine").filter((one) => one.getAttribute("data-step") !== "history")) {
      expect(step.querySelector("details")?.open).toBe(false);
      expect(step.querySelector("summary .gist")?.textContent).toBe(step.querySelector("p")?.textContent);
    }
    expect(steps("doubtful")[0]?.querySelector("details")).toBeNull();
    expect(steps("doubtful")[0]?.querySelector(".advice")).not.toBeNull();
  });

  it("begins with why and when the connection ended last, open also where all is well", async () => {
    const all = await stage("main");
    all.put(DoctorDialog, { props: { space: all.space() } });
    const first = () => document.querySelector("[data-testid=doctor] [data-step]");
    await expect.poll(() => first()?.getAttribute("data-verdict"), { timeout: 5000 }).toBe("fine");
    expect([first()?.getAttribute("data-step"), first()?.querySelector("details")]).toEqual([
      "history",
      null,
    ]);
    const facts = first()?.querySelector("dl")?.textContent;
    for (const words of ["1006", "Nov 20, 2026"]) expect(facts).toContain(words);
  });
});

describe("a long notice in a low window", () => {
  const low = () =>
    vi.spyOn(window, "matchMedia").mockImplementation(
      (query) =>
        ({
          matches: query === "(max-height: 500px)",
          addEventListener: () => undefined,
          removeEventListener: () => undefined,
        }) as unknown as MediaQueryList,
    );

  it.each([
    ["key", KeyBanner, { why: "locked" }, "retry-keyring"],
    ["signed out", SignedOutNote, {}, "sign-in-again"],
  ] as const)("is one line until more is asked for: %s", async (_, notice, props, way) => {
    low();
    const all = await stage("main");
    const wrapper = all.put(notice, { props: { space: all.space(), ...props } });
    const fold = wrapper.get("[data-testid=fold]");
    const parts = () => [wrapper.find("p").exists(), wrapper.find(`[data-testid=${way}]`).exists()];
    expect([fold.text(), fold.attributes("aria-expanded"), ...parts()]).toEqual([
      "More",
      "false",
      false,
      false,
    ]);
    await fold.trigger("click");
    expect([fold.text(), fold.attributes("aria-expanded"), ...parts()]).toEqual(["Less", "true", true, true]);
  });

  it("is whole where there is room", async () => {
    const all = await stage("main");
    const wrapper = all.put(KeyBanner, { props: { space: all.space(), why: "locked" } });
    expect([wrapper.find("[data-testid=fold]").exists(), wrapper.find("p").exists()]).toEqual([false, true]);
  });
});

describe("large figures", () => {
  it.each([
    ["of what is missing", ConnectionBanner, { link: { state: "catching_up", rooms: 3, messages: 12_340 } }],
    ["of what waits for a key", KeyBanner, { outbox: { waiting: 12_340, wedged: 0 } }],
    ["of what is kept after signing out", SignedOutNote, { outbox: { waiting: 12_340, wedged: 0 } }],
  ] as const)("are written as one reads them: %s", async (_, notice, changed) => {
    const all = await stage("main");
    Object.assign(all.space(), changed);
    const wrapper = all.put(notice, { props: { space: all.space(), why: "locked" } });
    expect(wrapper.text()).toContain("12,340 ");
    wrapper.unmount();
  });
});
