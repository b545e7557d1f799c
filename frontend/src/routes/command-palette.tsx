import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import {
  BookMarked,
  Brain,
  Cpu,
  Keyboard,
  MessageSquare,
  Moon,
  PanelLeft,
  Search,
  Settings,
  Settings2,
  Share2,
  ShieldCheck,
  SquarePen,
  Sun,
  SunMoon,
  Upload,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { conversationsQuery } from "#features/conversations/api.ts";
import { brand } from "#features/models/catalogue.ts";
import type { Choice, ChoiceGroup } from "#features/palette/choices.ts";
import { Palette } from "#features/palette/palette.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { type ShortcutName, useBindings } from "#shared/lib/shortcuts.ts";
import { setTheme } from "#shared/lib/theme.ts";
import { useSettled } from "#shared/lib/use-settled.ts";
import { maySeeAdmin } from "./places.ts";
import { useModelSetting } from "./use-model-setting.ts";

type CommandPaletteProps = {
  session: SessionRead;
  conversationId: string | null;
  acts: Record<ShortcutName, () => void>;
  onClose: () => void;
};

/** What can be done from anywhere. */
function useActions({ acts }: Pick<CommandPaletteProps, "acts">): Choice[] {
  const { t } = useTranslation();
  const bound = useBindings();
  const of = (name: ShortcutName, icon: Choice["icon"]): Choice => ({
    id: name,
    label: t(`shortcuts.${name}`),
    icon,
    keys: bound[name],
    onPick: acts[name],
  });
  return [
    of("newChat", SquarePen),
    of("search", Search),
    of("sidebar", PanelLeft),
    of("help", Keyboard),
    { id: "light", label: t("palette.light"), words: t("account.theme"), icon: Sun, onPick: () => setTheme("light") },
    { id: "dark", label: t("palette.dark"), words: t("account.theme"), icon: Moon, onPick: () => setTheme("dark") },
    {
      id: "auto",
      label: t("palette.auto"),
      words: t("account.theme"),
      icon: SunMoon,
      onPick: () => setTheme("system"),
    },
  ];
}

function usePages({ permissions }: SessionRead): Choice[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const known = useRouter().routesByPath as Record<string, unknown>;
  const to = (path: string) => () => void navigate({ to: path });
  return [
    ...("/library/prompts" in known
      ? [{ id: "library", label: t("places.library"), icon: BookMarked, onPick: to("/library/prompts") }]
      : []),
    { id: "memory", label: t("places.memory"), icon: Brain, onPick: to("/memory") },
    ...(maySeeAdmin(permissions)
      ? [{ id: "admin", label: t("places.admin"), icon: Settings2, onPick: to("/admin") }]
      : []),
    {
      id: "appearance",
      label: t("prefs.appearance"),
      hint: t("prefs.title"),
      icon: Settings,
      onPick: to("/settings/appearance"),
    },
    {
      id: "data",
      label: t("prefs.data"),
      words: `${t("exchange.exportTitle")} ${t("exchange.importTitle")}`,
      hint: t("prefs.title"),
      icon: Upload,
      onPick: to("/settings/data"),
    },
    {
      id: "shares",
      label: t("prefs.shares"),
      hint: t("prefs.title"),
      icon: Share2,
      onPick: to("/settings/shares"),
    },
    {
      id: "keys",
      label: t("prefs.shortcuts"),
      hint: t("prefs.title"),
      icon: Keyboard,
      onPick: to("/settings/shortcuts"),
    },
    {
      id: "security",
      label: t("prefs.security"),
      hint: t("prefs.title"),
      icon: ShieldCheck,
      onPick: to("/settings/security"),
    },
  ];
}

/** Everything there is to do and to go to: actions, pages, conversations and models. */
export function CommandPalette({ session, conversationId, acts, onClose }: CommandPaletteProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [q, setQ] = useState("");
  const wanted = useSettled(q.trim(), 120);
  // What was found for other words is not offered: Enter would open it.
  const isCurrent = wanted === q.trim();
  const titles = useInfiniteQuery(conversationsQuery(wanted ? { q: wanted } : {}));
  const model = useModelSetting(conversationId);
  const actions = useActions({ acts });
  const pages = usePages(session);
  const found = (isCurrent ? (titles.data?.pages[0]?.data ?? []) : []).map(
    (one): Choice => ({
      id: one.id,
      label: one.title || t("sidebar.untitled"),
      icon: MessageSquare,
      onPick: () => void navigate({ to: "/c/$conversationId", params: { conversationId: one.id } }),
    }),
  );
  const models = model.models.map(
    (one): Choice => ({
      id: `model ${one.id}`,
      label: one.name,
      words: one.id,
      hint: brand(one.provider),
      icon: Cpu,
      onPick: () => model.pick(one),
    }),
  );
  const everywhere: Choice = {
    id: "everywhere",
    label: t("shelf.searchAll", { q: q.trim() }),
    icon: Search,
    onPick: () => void navigate({ to: "/search", search: { q: q.trim() } }),
  };
  const groups: ChoiceGroup[] = [
    { label: t("palette.actions"), choices: actions },
    { label: t("palette.pages"), choices: pages },
    { label: t("palette.conversations"), choices: found, fits: true, most: wanted ? 8 : 5 },
    ...(q.trim() ? [{ label: t("palette.models"), choices: models, most: 6 }] : []),
    ...(q.trim() ? [{ label: t("places.search"), choices: [everywhere], fits: true }] : []),
  ];
  return <Palette q={q} onType={setQ} groups={groups} onClose={onClose} />;
}
