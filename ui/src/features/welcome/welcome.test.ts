import { flushPromises } from "@vue/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { stage } from "@/testing/mount";
import WelcomeScreen from "./WelcomeScreen.vue";

const LINK = "homing://join/chat.northlight.example/5RT9-K2QX?fp=iC3k";
afterEach(() => document.body.replaceChildren());

async function arriving() {
  const all = await stage("welcome");
  const wrapper = all.put(WelcomeScreen);
  const fill = async (id: string, text: string) => {
    await wrapper.get(`[data-testid=${id}]`).setValue(text);
    await new Promise((done) => setTimeout(done, 5));
    await flushPromises();
  };
  const joins = () =>
    all.host.calls
      .filter(({ name }) => name === "join")
      .map(({ args }) => args as { attempt: string; session_only: boolean; password: string | null });
  const submit = async () => {
    await wrapper.get("form").trigger("submit");
    await flushPromises();
  };
  return { ...all, wrapper, fill, joins, submit };
}

describe("welcome", () => {
  it("looks into a pasted link and says where it leads", async () => {
    const { wrapper, fill } = await arriving();
    await fill("welcome-link", LINK);
    expect(wrapper.get("[data-testid=welcome-found]").text()).toBe(
      "Northlight, invited by Mei Lin. The server’s certificate matches the link.",
    );
    expect(wrapper.get("[data-testid=welcome-join]").text()).toBe("Join Northlight");
  });

  it.each([
    ["https://example.org/not/a/link", "This is no join link"],
    ["homing://join/chat.example/ABCD-EFGH", "The join link is damaged"],
    ["homing://join/chat.example/EXPIRED?fp=x", "The invitation is used up"],
  ])("says what is wrong with %s", async (link, words) => {
    const { wrapper, fill } = await arriving();
    await fill("welcome-link", link);
    const field = wrapper.get("[data-testid=welcome-link]");
    expect(field.attributes("aria-invalid")).toBe("true");
    expect(document.getElementById(field.attributes("aria-describedby") ?? "")?.textContent).toContain(words);
  });

  it("joins, and tells where", async () => {
    const { wrapper, fill, submit, homing } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Aki");
    await submit();
    const [space] = homing.state.spaces.keys();
    expect(wrapper.emitted("entered")).toEqual([[space]]);
  });

  it("keeps the attempt's name over retries, and takes a new one for another name", async () => {
    const { wrapper, fill, submit, joins } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Locked");
    await submit();
    expect(wrapper.get("[data-testid=failure]").attributes("data-code")).toBe("keyring");
    expect(wrapper.get("[data-testid=failure]").text()).toContain("The keyring is locked");
    await wrapper.get("[data-testid=session-only]").trigger("click");
    await flushPromises();
    expect(joins().map(({ session_only }) => session_only)).toEqual([false, true]);
    expect(joins()[1]?.attempt).toBe(joins()[0]?.attempt);
    await fill("welcome-name", "Mei Lin");
    await submit();
    expect(joins()[2]?.attempt).not.toBe(joins()[0]?.attempt);
    expect(joins()[2]?.attempt).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("marks the field that is wrong", async () => {
    const { wrapper, fill, submit } = await arriving();
    await fill("welcome-link", LINK);
    await fill("welcome-name", "Mei Lin");
    await submit();
    expect(wrapper.get("[data-testid=welcome-name]").attributes("aria-invalid")).toBe("true");
    expect(wrapper.find("[data-testid=failure]").exists()).toBe(false);
    await wrapper.get("[data-testid=welcome-set-password]").trigger("click");
    await fill("welcome-name", "Aki");
    await fill("welcome-password", "short");
    await submit();
    expect(wrapper.get("[data-testid=welcome-password]").attributes("aria-invalid")).toBe("true");
  });

  it("starts a space", async () => {
    const { wrapper, fill, submit, host } = await arriving();
    await wrapper.get("[data-testid=welcome-start]").trigger("click");
    await submit();
    expect(host.calls.some(({ name }) => name === "start_space")).toBe(false);
    await fill("start-space-name", "Northlight");
    await fill("start-name", "Aki");
    await submit();
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });

  it("signs in, or says that it can't", async () => {
    const { wrapper, fill, submit } = await arriving();
    await wrapper.get("[data-testid=welcome-sign-in]").trigger("click");
    await fill("sign-in-address", "chat.example");
    await fill("sign-in-name", "Aki");
    await fill("sign-in-password", "wrong horse");
    await submit();
    expect(wrapper.get("[data-testid=failure]").text()).toContain("Name or password are wrong");
    await fill("sign-in-password", "correct horse");
    await submit();
    expect(wrapper.emitted("entered")?.length).toBe(1);
  });
});
