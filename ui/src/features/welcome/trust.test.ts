import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { stage } from "@/testing/mount";
import WelcomeScreen from "./WelcomeScreen.vue";

const FINGERPRINT = "iC3kbyBMcHJ7lZ3mZ7xGkUqQeFvKq3m1nKZ4Jm8H3nU";
afterEach(() => document.body.replaceChildren());

async function signingIn(address: string, password = "correct horse") {
  const all = await stage("welcome");
  const wrapper = all.put(WelcomeScreen);
  await wrapper.get("[data-testid=welcome-sign-in]").trigger("click");
  const fill = (id: string, text: string) => wrapper.get(`[data-testid=${id}]`).setValue(text);
  const submit = async () => {
    await wrapper.get("form").trigger("submit");
    await flushPromises();
  };
  await fill("sign-in-address", address);
  await fill("sign-in-name", "Aki");
  await fill("sign-in-password", password);
  await submit();
  const dialog = () => document.querySelector<HTMLElement>("[role=dialog]");
  const press = async (id: string) => {
    dialog()?.querySelector<HTMLElement>(`[data-testid=${id}]`)?.click();
    await flushPromises();
  };
  const asked = (name: string) => all.host.calls.filter((call) => call.name === name);
  return { ...all, wrapper, fill, submit, dialog, press, asked };
}

describe("a self-made certificate", () => {
  it("is asked about before the password leaves, and pinned once it is trusted", async () => {
    const { dialog, press, asked, wrapper } = await signingIn("192.168.1.20");
    expect(dialog()?.textContent).toContain("192.168.1.20 uses a self-signed certificate");
    expect(dialog()?.querySelector("[data-testid=fingerprint]")?.textContent).toBe(FINGERPRINT);
    expect(asked("sign_in")).toEqual([]);
    await press("trust-sure");
    expect(dialog()).toBeNull();
    expect(asked("sign_in")).toMatchObject([{ args: { address: "192.168.1.20", fingerprint: FINGERPRINT } }]);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("sends nothing when the person cancels, and asks again", async () => {
    const { dialog, press, asked, submit, wrapper } = await signingIn("192.168.1.20");
    await press("trust-cancel");
    expect(dialog()).toBeNull();
    expect(asked("sign_in")).toEqual([]);
    expect(wrapper.find("[data-testid=failure]").exists()).toBe(false);
    await submit();
    expect(dialog()).not.toBeNull();
  });

  it("is not asked about twice for a wrong password, but for another server", async () => {
    const { dialog, press, asked, fill, submit } = await signingIn("192.168.1.20", "wrong horse");
    await press("trust-sure");
    await submit();
    expect(dialog()).toBeNull();
    expect(asked("sign_in").length).toBe(2);
    await fill("sign-in-address", "192.168.1.21");
    await submit();
    expect(dialog()?.textContent).toContain("192.168.1.21");
    expect(asked("sign_in").length).toBe(2);
  });
});

describe("a code from another device", () => {
  async function typing(address: string, code: string) {
    const all = await stage("welcome");
    const wrapper = all.put(WelcomeScreen);
    await wrapper.get("[data-testid=welcome-sign-in]").trigger("click");
    await wrapper.get("[data-testid=sign-in-address]").setValue(address);
    await wrapper.get("[data-testid=sign-in-change]").trigger("click");
    const field = wrapper.get<HTMLInputElement>("[data-testid=sign-in-code]");
    expect(wrapper.find("[data-testid=sign-in-password]").exists()).toBe(false);
    await expect.poll(() => document.activeElement).toBe(field.element);
    await field.setValue(code);
    const submit = async () => {
      await wrapper.get("form").trigger("submit");
      await flushPromises();
    };
    await submit();
    const asked = () => all.host.calls.filter((call) => call.name === "link_by_code");
    return { wrapper, asked, submit };
  }

  it("signs in without a name, however it is typed", async () => {
    const { wrapper, asked } = await typing("chat.example", " 5rt9 k2qx 7mpa hd3w ");
    expect(asked()).toMatchObject([{ args: { address: "chat.example", fingerprint: null } }]);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("is one attempt until another code is typed, and says what may be wrong with it", async () => {
    const { wrapper, asked, submit } = await typing("chat.example", "AAAA-BBBB");
    expect(wrapper.get("[data-testid=failure]").text()).toContain("This code is wrong, has expired");
    await submit();
    await wrapper.get("[data-testid=sign-in-code]").setValue("5RT9-K2QX-7MPA-HD3W");
    await submit();
    const attempts = asked().map((call) => (call.args as { attempt: string }).attempt);
    expect(attempts.length).toBe(3);
    expect(attempts[1]).toBe(attempts[0]);
    expect(attempts[2]).not.toBe(attempts[0]);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("leaves this device only once a self-made certificate is trusted", async () => {
    const { asked } = await typing("192.168.1.20", "5RT9-K2QX-7MPA-HD3W");
    expect(document.querySelector("[role=dialog]")?.textContent).toContain("Nothing you typed has been sent");
    expect(asked()).toEqual([]);
  });

  it("gives way to name and password, and keeps what was typed", async () => {
    const { wrapper } = await typing("chat.example", "");
    await wrapper.get("[data-testid=sign-in-change]").trigger("click");
    expect(wrapper.find("[data-testid=sign-in-name]").exists()).toBe(true);
    expect(wrapper.get<HTMLInputElement>("[data-testid=sign-in-address]").element.value).toBe("chat.example");
  });
});

describe("a server that needs no question", () => {
  it("is signed in to at once", async () => {
    const { dialog, asked, wrapper } = await signingIn("chat.example");
    expect(dialog()).toBeNull();
    expect(asked("sign_in")).toMatchObject([{ args: { fingerprint: null } }]);
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("stands in the form once its link is pasted for joining", async () => {
    const all = await stage("welcome");
    const wrapper = all.put(WelcomeScreen);
    const link = `homing://sign-in/chat.example:4664?fp=${FINGERPRINT}`;
    await wrapper.get("[data-testid=welcome-link]").setValue(link);
    await expect.poll(() => wrapper.find("[data-testid=sign-in-address]").exists()).toBe(true);
    const field = wrapper.get<HTMLInputElement>("[data-testid=sign-in-address]");
    expect(field.element.value).toBe(link);
    expect(document.activeElement?.getAttribute("data-testid")).toBe("sign-in-name");
    await wrapper.get("[data-testid=welcome-back]").trigger("click");
    expect(wrapper.get<HTMLInputElement>("[data-testid=welcome-link]").element.value).toBe("");
  });
});
