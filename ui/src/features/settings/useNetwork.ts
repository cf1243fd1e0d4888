/**
 * The proxy settings while they are edited. The engine validates them. A stored password is never sent
 * back, so this only knows whether there is one, and a newly typed one.
 */
import { computed, reactive, ref } from "vue";
import type { Code, Examination, Failure, NetworkSettings, ProxyPassword } from "@/generated/bridge";
import { useAttempt } from "@/stores/attempt";
import { useHoming } from "@/stores/homing";

/** A port as typed; 0, which the engine refuses with words, if it is none. */
export function port(text: string): number {
  const value = /^\d{1,5}$/.test(text.trim()) ? Number(text.trim()) : 0;
  return value <= 65_535 ? value : 0;
}

const FIELDS: Partial<Record<Code, "host" | "port" | "user" | "server">> = {
  proxy_host: "host",
  proxy_port: "port",
  proxy_user: "user",
  damaged_link: "server",
  plain_link: "server",
  not_a_link: "server",
};

export function useNetwork() {
  const homing = useHoming();
  const saving = useAttempt();
  const testing = useAttempt();
  const kept = computed(() => homing.state.settings.network);
  const manual = kept.value.manual;
  const draft = reactive({
    proxy: kept.value.proxy,
    kind: manual.kind,
    host: manual.host,
    port: manual.port === 0 ? "" : String(manual.port),
    user: manual.user,
    bypass: manual.bypass,
    password: "",
    forget: false,
  });
  const saved = ref(false);
  const tested = ref<Examination | null>(null);

  const network = computed<NetworkSettings>(() => ({
    proxy: draft.proxy,
    manual: {
      kind: draft.kind,
      host: draft.host.trim(),
      port: port(draft.port),
      user: draft.user.trim(),
      bypass: draft.bypass.trim(),
      password_kept: false,
    },
  }));
  /** The password that is kept is for this user of this proxy. */
  const same = computed(() => {
    const [now, then] = [network.value.manual, kept.value.manual];
    return now.host === then.host && now.port === then.port && now.user === then.user;
  });
  const passwordKept = computed(() => kept.value.manual.password_kept && !draft.forget);
  const password = computed<ProxyPassword>(() => {
    if (draft.password !== "") return { password: "set", text: draft.password };
    return { password: passwordKept.value && same.value ? "keep" : "forget" };
  });
  const changed = computed(() => {
    const [now, then] = [network.value.manual, kept.value.manual];
    const plain = (["kind", "host", "port", "user", "bypass"] as const).some((key) => now[key] !== then[key]);
    return plain || draft.proxy !== kept.value.proxy || draft.password !== "" || draft.forget;
  });

  /** What is wrong with a field, and what is wrong otherwise. */
  const failure = computed<Failure | null>(() => saving.failure.value ?? testing.failure.value);
  const wrong = computed(() => (failure.value ? (FIELDS[failure.value.code] ?? null) : null));

  function edited() {
    saved.value = false;
    tested.value = null;
    saving.failure.value = null;
    testing.failure.value = null;
  }

  async function save(sessionOnly = false) {
    edited();
    const args = { network: network.value, password: password.value, session_only: sessionOnly };
    await saving.run(() => homing.call("set_network", args));
    if (saving.failure.value) return;
    draft.password = "";
    draft.forget = false;
    saved.value = true;
  }

  async function test(server: string) {
    tested.value = null;
    testing.failure.value = null;
    saving.failure.value = null;
    const args = { network: network.value, password: password.value, server: server.trim() };
    tested.value = await testing.run(() => homing.call("test_network", args));
  }

  return {
    draft,
    kept,
    same,
    passwordKept,
    changed,
    failure,
    wrong,
    saved,
    tested,
    saving: saving.busy,
    testing: testing.busy,
    edited,
    save,
    test,
  };
}
