import { RadioGroup } from "radix-ui";
import { useTranslation } from "react-i18next";
import type { PolicyKind } from "#features/panels/api.ts";
import { PolicyDrawing } from "./policy-drawing.tsx";

const KINDS: readonly PolicyKind[] = [
  "council",
  "merge",
  "debate",
  "round_robin",
  "moderator",
  "volunteer",
  "mention",
  "manual",
];

/** Who speaks when: each way with a drawing and a line of what it is good for. */
export function PolicyChoice({ kind, onPick }: { kind: PolicyKind; onPick: (kind: PolicyKind) => void }) {
  const { t } = useTranslation();
  return (
    <RadioGroup.Root
      value={kind}
      onValueChange={(value) => onPick(value as PolicyKind)}
      aria-label={t("panels.policy")}
      className="grid gap-2.5 sm:grid-cols-2"
    >
      {KINDS.map((one) => (
        <RadioGroup.Item
          key={one}
          value={one}
          className="flex items-center gap-3.5 rounded-card border border-line bg-card px-4 py-3 text-start text-soft transition-colors hover:border-control data-[state=checked]:border-accent data-[state=checked]:bg-accent-wash data-[state=checked]:text-accent"
        >
          <PolicyDrawing kind={one} />
          <span className="min-w-0">
            <span className="block font-medium text-ink text-sm">{t(`panels.kind.${one}.name`)}</span>
            <span className="mt-0.5 block text-sm text-soft leading-snug">{t(`panels.kind.${one}.text`)}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
