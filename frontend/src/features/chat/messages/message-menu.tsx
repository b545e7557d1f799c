import { Columns2, GitFork, Layers, Repeat2, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlacedMessage } from "#features/chat/turns/placed-message.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Menu, MenuItem, MenuLine } from "#shared/ui/menu.tsx";
import { useMessageActions } from "./message-actions.ts";

/** What is done seldom with a message. */
export function MessageMenu({ message, className }: { message: PlacedMessage; className?: string }) {
  const { t } = useTranslation();
  const actions = useMessageActions();
  const isAnswer = message.role === "assistant";
  return (
    <Menu
      trigger={<IconButton icon="more" size="small" label={t("tree.more")} {...(className ? { className } : {})} />}
    >
      {isAnswer && actions.idle ? (
        <>
          <MenuItem icon={Repeat2} label={t("tree.againWith")} onSelect={() => actions.againWith(message)} />
          <MenuItem icon={Columns2} label={t("compare.with")} onSelect={() => actions.compareWith(message)} />
          <MenuLine />
        </>
      ) : null}
      {isAnswer ? <MenuItem icon={Layers} label={t("context.open")} onSelect={() => actions.report(message)} /> : null}
      <MenuItem icon={GitFork} label={t("tree.fork")} onSelect={() => actions.fork(message)} />
      {actions.idle ? (
        <MenuItem icon={Trash2} danger label={t("tree.cut")} onSelect={() => actions.cut(message)} />
      ) : null}
    </Menu>
  );
}
