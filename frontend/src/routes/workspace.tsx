import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { Dialog } from "radix-ui";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { AccountMenu } from "#features/auth/account-menu.tsx";
import { Sidebar } from "#features/conversations/sidebar.tsx";
import type { SessionRead } from "#shared/api/types.ts";
import { modKey } from "#shared/lib/platform.ts";
import { ShellContext } from "./shell-context.ts";
import { ShortcutsDialog } from "./shortcuts-dialog.tsx";
import { useShell } from "./use-shell.ts";

type WorkspaceProps = { session: SessionRead; onSwitch: (tenantId: string) => void; onSignOut: () => void };

/** The frame of everything behind sign-in: the sidebar, or a drawer on narrow screens, and the page. */
export function Workspace({ session, onSwitch, onSignOut }: WorkspaceProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { conversationId } = useParams({ strict: false });
  const searchField = useRef<HTMLInputElement>(null);
  const main = useRef<HTMLElement>(null);
  const newChat = () => void navigate({ to: "/" });
  const shell = useShell({ searchField, onNew: newChat });

  const sidebar = (
    <Sidebar
      activeId={conversationId ?? null}
      searchField={searchField}
      newChatHint={`${modKey()}+Shift+O`}
      account={
        <AccountMenu
          session={session}
          onSecurity={() => {
            shell.closeDrawer();
            void navigate({ to: "/settings/security" });
          }}
          onAdmin={() => void navigate({ to: "/admin" })}
          onShortcuts={() => shell.setHelp(true)}
          onSwitch={onSwitch}
          onSignOut={onSignOut}
        />
      }
      onHide={() => shell.setOpen(false)}
      onOpen={shell.closeDrawer}
      onNew={() => {
        shell.closeDrawer();
        newChat();
      }}
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
          <Dialog.Root open={shell.open} onOpenChange={shell.setOpen}>
            <Dialog.Portal>
              <Dialog.Overlay className="fixed inset-0 z-30 animate-fade bg-veil" />
              <Dialog.Content
                aria-describedby={undefined}
                onOpenAutoFocus={(event) => {
                  // The drawer itself, not its first button, whose tooltip would cover what one came for.
                  event.preventDefault();
                  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
                }}
                className="fixed inset-y-0 start-0 z-40 w-[min(19rem,86vw)] animate-slide overflow-hidden rounded-e-2xl shadow-float outline-none"
              >
                <Dialog.Title className="sr-only">{t("sidebar.label")}</Dialog.Title>
                {sidebar}
              </Dialog.Content>
            </Dialog.Portal>
          </Dialog.Root>
        )}
        <main ref={main} id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      <ShortcutsDialog open={shell.help} onOpenChange={shell.setHelp} />
    </ShellContext>
  );
}
