import { Link, Navigate, useLocation } from "@tanstack/react-router";
import { ArrowLeft, Menu as MenuIcon } from "lucide-react";
import { Dialog } from "radix-ui";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionRead } from "#shared/api/types.ts";
import { cx } from "#shared/lib/cx.ts";
import { showOwnPlace } from "#shared/lib/own-place.ts";
import { useMedia } from "#shared/lib/use-media.ts";
import { closedByEscape } from "#shared/ui/escape.ts";
import { IconButton } from "#shared/ui/icon-button.tsx";
import { Mark } from "#shared/ui/mark.tsx";
import { Empty, Page } from "./parts/page.tsx";
import { AdminContext } from "./parts/use-admin.ts";
import { offered, placeOf } from "./places.ts";

/** The frame of the admin area: its own navigation beside its pages, or in a drawer where the window is narrow. */
export function AdminFrame({ session, children }: { session: SessionRead; children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const wide = useMedia("(min-width: 64rem)");
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { place, isOwn } = placeOf(pathname, session.permissions);
  const close = () => setOpen(false);
  return (
    <AdminContext value={session}>
      <button
        type="button"
        onClick={() => main.current?.focus()}
        className="fixed start-3 top-3 z-50 -translate-y-20 rounded-xl bg-ink px-4 py-2 text-page text-sm focus:translate-y-0"
      >
        {t("admin.frame.skip")}
      </button>
      <div className="flex h-full max-lg:flex-col">
        {wide ? (
          <aside aria-label={t("admin.frame.title")} className="w-60 shrink-0 border-line border-e">
            <Side session={session} onGo={close} />
          </aside>
        ) : (
          <>
            <header className="flex h-14 shrink-0 items-center gap-2 border-line border-b bg-side px-3">
              <IconButton icon={MenuIcon} label={t("admin.frame.open")} onClick={() => setOpen(true)} />
              <span className="font-display font-semibold">{t("admin.frame.title")}</span>
              {place ? <span className="truncate text-faint text-sm">{t(`admin.places.${place.id}`)}</span> : null}
            </header>
            <Dialog.Root open={isOpen} onOpenChange={setOpen}>
              <Dialog.Portal>
                <Dialog.Overlay className="fixed inset-0 z-30 animate-fade bg-veil" />
                <Dialog.Content
                  {...closedByEscape(setOpen)}
                  aria-describedby={undefined}
                  className="fixed inset-y-0 start-0 z-40 w-[min(17rem,86vw)] animate-slide overflow-hidden rounded-e-2xl shadow-float outline-none"
                >
                  <Dialog.Title className="sr-only">{t("admin.frame.title")}</Dialog.Title>
                  <Side session={session} onGo={close} />
                </Dialog.Content>
              </Dialog.Portal>
            </Dialog.Root>
          </>
        )}
        <main ref={main} tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-y-auto outline-none">
          {isOwn ? children : <Elsewhere session={session} pathname={pathname} />}
        </main>
      </div>
    </AdminContext>
  );
}

function Side({ session, onGo }: { session: SessionRead; onGo: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="flex h-full flex-col bg-side">
      <div className="flex h-14 shrink-0 items-center gap-2.5 px-4">
        <Mark className="size-6" />
        <span className="min-w-0 leading-tight">
          <span className="block font-display font-semibold">{t("admin.frame.title")}</span>
          <span className="block truncate text-faint text-xs">{session.tenant.name}</span>
        </span>
      </div>
      <nav
        ref={showOwnPlace}
        aria-label={t("admin.frame.pages")}
        className="min-h-0 flex-1 scroll-py-3 space-y-4 overflow-y-auto px-2.5 py-2"
      >
        {offered(session.permissions).map((section) => (
          <div key={section.id}>
            {section.id === "start" ? null : (
              <p className="px-2.5 pb-1 font-medium text-faint text-xs">{t(`admin.sections.${section.id}`)}</p>
            )}
            <ul>
              {section.places.map(({ id, path, icon: Icon }) => (
                <li key={id}>
                  <Link
                    to={path}
                    onClick={onGo}
                    activeOptions={{ exact: true }}
                    className="flex h-8 items-center gap-2.5 rounded-lg px-2.5 text-sm"
                    activeProps={{ className: "bg-active font-medium text-ink" }}
                    inactiveProps={{ className: "text-soft hover:bg-hover hover:text-ink" }}
                  >
                    <Icon aria-hidden="true" className={cx("size-4 shrink-0 opacity-85")} strokeWidth={1.9} />
                    {t(`admin.places.${id}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="border-line border-t p-2.5">
        <Link
          to="/"
          className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm text-soft hover:bg-hover hover:text-ink"
        >
          <ArrowLeft aria-hidden="true" className="size-4 rtl:-scale-x-100" />
          {t("admin.frame.back")}
        </Link>
      </div>
    </div>
  );
}

/** The start leads on to what somebody may see; what was asked for by its address says that it is not theirs. */
function Elsewhere({ session, pathname }: { session: SessionRead; pathname: string }) {
  const first = offered(session.permissions)[0]?.places[0];
  return pathname === "/admin" && first ? <Navigate to={first.path} replace /> : <NotYours />;
}

function NotYours() {
  const { t } = useTranslation();
  return (
    <Page title={t("admin.notYours.title")} lead={t("admin.notYours.lead")}>
      <Empty title={t("admin.notYours.who")} text={t("admin.notYours.hint")} />
    </Page>
  );
}
