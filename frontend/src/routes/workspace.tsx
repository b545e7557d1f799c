import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { AccountMenu } from "#features/auth/account-menu.tsx";
import { Sidebar } from "#features/conversations/sidebar.tsx";
import type { ConversationRead, SessionRead } from "#shared/api/types.ts";
import { keyNames, useBindings } from "#shared/lib/shortcuts.ts";
import { Drawer } from "./drawer.tsx";
import { PlacesNav } from "./places-nav.tsx";
import { ShellContext } from "./shell-context.ts";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { useInStep } from "./use-in-step.ts";
import { useShell } from "./use-shell.ts";

const CommandPalette = lazy(async () => ({ default: (await import("./command-palette.tsx")).CommandPalette }));
const ExportDialog = lazy(async () => ({
  default: (await import("#features/interchange/export-dialog.tsx")).ExportDialog,
}));

type WorkspaceProps = { session: SessionRead; onSwitch: (tenantId: string) => void; onSignOut: () => void };

/** The frame of everything behind sign-in: the sidebar, or a drawer on narrow screens, and the page. */
export function Workspace({ session, onSwitch, onSignOut }: WorkspaceProps) {
  const { t } = useTranslation();
  useInStep(session);
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  const bound = useBindings();
  const filterField = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const [exported, setExported] = useState<readonly ConversationRead[] | null>(null);
  const newChat = () => void navigate({ to: "/" });
  const search = (q?: string) => void navigate({ to: "/search", search: q ? { q } : {} });
  const settings = () => void navigate({ to: "/settings/appearance" });
  const shell = useShell({ filterField, onNew: newChat, onSearch: () => search(), onSettings: settings });
  const going = (go: () => void) => () => {
    shell.closeDrawer();
    go();
  };

  const sidebar = (
    <Sidebar
      activeId={conversationId ?? null}
      searchField={filterField}
      newChatHint={keyNames(bound.newChat).join("+")}
      places={<PlacesNav permissions={session.permissions} onGo={shell.closeDrawer} />}
      account={
        <AccountMenu
          session={session}
          onSettings={going(settings)}
          onShortcuts={() => shell.setHelp(true)}
          onSwitch={onSwitch}
          onSignOut={onSignOut}
        />
      }
      onHide={() => shell.setOpen(false)}
      onOpen={shell.closeDrawer}
      onNew={going(newChat)}
      onSearch={(q) => going(() => search(q))()}
      onExport={setExported}
    />
  );

  return (
    <ShellContext value={shell.context}>
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="fixed start-3 top-3 z-50 -translate-y-20 rounded-xl bg-ink px-4 py-2 text-page text-sm focus:translate-y-0"
      >
        {t("app.skip")}
      </button>
      <div className="flex h-full">
        {shell.wide && shell.open ? (
          <aside aria-label={t("sidebar.label")} className="w-[17.5rem] shrink-0 border-line border-e">
            {sidebar}
          </aside>
        ) : null}
        {shell.wide ? null : (
          <Drawer open={shell.open} onOpenChange={shell.setOpen}>
            {sidebar}
          </Drawer>
        )}
        <main ref={main} id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      <ShortcutsDialog open={shell.help} onOpenChange={shell.setHelp} />
      <Suspense fallback={null}>
        {shell.palette ? (
          <CommandPalette
            session={session}
            conversationId={conversationId ?? null}
            acts={shell.acts}
            onClose={() => shell.setPalette(false)}
          />
        ) : null}
        {exported ? <ExportDialog those={exported} onClose={() => setExported(null)} /> : null}
      </Suspense>
    </ShellContext>
  );
}
