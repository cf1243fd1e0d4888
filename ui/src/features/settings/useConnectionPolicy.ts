/**
 * The connection policy (ping and retry times) as editable text.
 *
 * The engine validates every edit. A valid value is saved when its field loses the focus. Only text that
 * is no number is rejected here.
 */
import { computed, onMounted, reactive, ref, watch } from "vue";
import type { ConnectionPolicy, Failure, PolicyBounds, PolicyError, PolicyField } from "@/generated/bridge";
import { toFailure } from "@/host/types";
import { useHoming } from "@/stores/homing";

/** The field of a value, and how many of its units make one displayed unit. */
const PLACES: Record<PolicyField, { key: keyof ConnectionPolicy; unit: number }> = {
  probe_every: { key: "probe_every_ms", unit: 1000 },
  probe_answer: { key: "probe_answer_ms", unit: 1000 },
  retry_first: { key: "retry_first_ms", unit: 1000 },
  retry_most: { key: "retry_most_ms", unit: 1000 },
  ask_after: { key: "ask_after", unit: 1 },
};
const FIGURES = Object.keys(PLACES) as PolicyField[];

/** Why a value is invalid: the reason of the engine, or that it is no number. */
export type Wrong = PolicyError | { why: "no_number" | "no_whole_number"; figure: PolicyField };

/** A figure as a person reads it. */
export const shown = (figure: PolicyField, value: number) => String(value / PLACES[figure].unit);

/** What was typed, in the engine's units. A comma is a point to half of the world. */
export function typed(figure: PolicyField, text: string): number | Wrong {
  const { unit } = PLACES[figure];
  if (!/^\d{1,9}([.,]\d{1,9})?$/.test(text.trim())) return { why: "no_number", figure };
  const value = Number(text.trim().replace(",", "."));
  return unit === 1 && !Number.isInteger(value)
    ? { why: "no_whole_number", figure }
    : // Too much is the engine's to refuse, as long as it fits into its number.
      Math.min(Math.round(value * unit), 0xffff_ffff);
}

export function useConnectionPolicy() {
  const homing = useHoming();
  const failure = ref<Failure | null>(null);
  const rules = ref<Partial<Record<PolicyField, PolicyBounds>>>({});
  const wrong = ref<Partial<Record<PolicyField, Wrong>>>({});
  const kept = ref(false);
  const texts = reactive({} as Record<PolicyField, string>);
  /** Counts the edits: an answer about an older text is about nothing. */
  let turn = 0;

  /** Not one at a time, as other attempts: the last text typed is the one that counts. */
  async function ask<T>(call: Promise<T>): Promise<T | null> {
    try {
      const answer = await call;
      failure.value = null;
      return answer;
    } catch (thrown) {
      failure.value = toFailure(thrown);
      return null;
    }
  }

  /** Shows the saved values, except in a field that is being edited. */
  function show(patience: ConnectionPolicy, before?: ConnectionPolicy) {
    for (const figure of FIGURES) {
      const { key } = PLACES[figure];
      const touched = before !== undefined && typed(figure, texts[figure]) !== before[key];
      if (!touched) texts[figure] = shown(figure, patience[key]);
    }
  }

  /** What is typed, if all of it fits. */
  async function judge(): Promise<ConnectionPolicy | null> {
    const mine = turn;
    const patience = { ...homing.state.settings.patience };
    const found: Partial<Record<PolicyField, Wrong>> = {};
    for (const figure of FIGURES) {
      const value = typed(figure, texts[figure]);
      if (typeof value === "number") patience[PLACES[figure].key] = value;
      else found[figure] = value;
    }
    const verdict = await ask(homing.call("judge_patience", patience));
    if (!verdict || mine !== turn) return null;
    rules.value = Object.fromEntries(verdict.rules.map((rule) => [rule.figure, rule]));
    for (const misfit of verdict.misfits) found[misfit.figure] ??= misfit;
    wrong.value = found;
    return Object.keys(found).length === 0 ? patience : null;
  }

  async function set(patience: ConnectionPolicy) {
    const mine = turn;
    const settings = { ...homing.state.settings, patience };
    await ask(homing.call("set_settings", settings));
    kept.value = failure.value === null && mine === turn;
  }

  async function edited() {
    turn += 1;
    kept.value = false;
    await judge();
  }

  async function left() {
    const patience = await judge();
    if (patience && JSON.stringify(patience) !== JSON.stringify(homing.state.settings.patience))
      await set(patience);
  }

  const usual = computed(() => {
    const patience = { ...homing.state.settings.patience };
    for (const figure of FIGURES) {
      const rule = rules.value[figure];
      if (rule) patience[PLACES[figure].key] = rule.default;
    }
    return patience;
  });
  const isUsual = computed(() =>
    FIGURES.every((figure) => texts[figure] === shown(figure, usual.value[PLACES[figure].key])),
  );

  async function reset() {
    show(usual.value);
    await left();
  }

  show(homing.state.settings.patience);
  // Another window, or this one a moment ago, kept other figures.
  watch(
    () => homing.state.settings.patience,
    (now, before) => {
      if (JSON.stringify(now) === JSON.stringify(before)) return;
      show(now, before);
      void judge();
    },
  );
  onMounted(judge);

  return { texts, rules, wrong, kept, failure, isUsual, edited, left, reset };
}
