import type { LucideIcon } from "lucide-react";

export type Choice = {
  id: string;
  label: string;
  icon: LucideIcon;
  /** What it is found by beside its label. */
  words?: string;
  /** Said small beside it. */
  hint?: string;
  /** The keys that do the same. */
  keys?: string;
  onPick: () => void;
};

export type ChoiceGroup = {
  label: string;
  choices: Choice[];
  /** Whether they fit whatever is typed, as what a server found. */
  fits?: boolean;
  /** How many at most. */
  most?: number;
};

function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Those that have every word that was typed, in any case and without accents; those that begin with it come first. */
export function fitting(groups: readonly ChoiceGroup[], q: string): ChoiceGroup[] {
  const wanted = plain(q).split(/\s+/).filter(Boolean);
  const begins = (choice: Choice) => plain(choice.label).startsWith(wanted[0] ?? "");
  return groups
    .map((group) => {
      const found = group.fits
        ? group.choices
        : group.choices.filter((choice) => {
            const text = plain(`${choice.label} ${choice.words ?? ""}`);
            return wanted.every((word) => text.includes(word));
          });
      const sorted =
        group.fits || !wanted.length ? found : [...found.filter(begins), ...found.filter((one) => !begins(one))];
      return { ...group, choices: sorted.slice(0, group.most ?? sorted.length) };
    })
    .filter((group) => group.choices.length > 0);
}
