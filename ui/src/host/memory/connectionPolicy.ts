/** Figures of the connection, judged as the engine does (`engine::policy`). */
import type {
  ConnectionPolicy,
  PolicyBounds,
  PolicyError,
  PolicyField,
  PolicyVerdict,
} from "@/generated/bridge";

const rules: PolicyBounds[] = [
  { figure: "probe_every", least: 5_000, most: 300_000, default: 30_000 },
  { figure: "probe_answer", least: 1_000, most: 60_000, default: 5_000 },
  { figure: "retry_first", least: 100, most: 60_000, default: 500 },
  { figure: "retry_most", least: 1_000, most: 3_600_000, default: 30_000 },
  { figure: "ask_after", least: 2, most: 1_000, default: 10 },
];

export function judge(patience: ConnectionPolicy): PolicyVerdict {
  const figures: Record<PolicyField, number> = {
    probe_every: patience.probe_every_ms,
    probe_answer: patience.probe_answer_ms,
    retry_first: patience.retry_first_ms,
    retry_most: patience.retry_most_ms,
    ask_after: patience.ask_after,
  };
  const misfits = rules.flatMap(({ figure, least, most }): PolicyError[] => {
    if (figures[figure] < least) return [{ why: "too_little", figure, least }];
    return figures[figure] > most ? [{ why: "too_much", figure, most }] : [];
  });
  if (misfits.length === 0 && patience.retry_most_ms < patience.retry_first_ms)
    misfits.push({ why: "below_first", figure: "retry_most", first: patience.retry_first_ms });
  return { misfits, rules };
}
