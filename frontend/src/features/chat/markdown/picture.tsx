import { ExternalLink, ImageIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { isOwnImage, safeHref } from "#shared/lib/safe-url.ts";

/**
 * A picture of a message. One from a foreign host becomes a link: loading it unasked would tell that host who reads
 * what, and is a known way to smuggle a conversation out.
 */
export function Picture({ url, alt }: { url: string; alt: string }) {
  const { t } = useTranslation();
  if (isOwnImage(url)) return <img src={url} alt={alt} className="my-1 max-h-96 max-w-full rounded-xl" />;
  const href = safeHref(url);
  if (!href) return null;
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className="my-1 inline-flex max-w-full items-center gap-2 rounded-lg border border-line bg-card px-2.5 py-1 align-middle text-sm no-underline"
    >
      <ImageIcon aria-hidden="true" className="size-4 shrink-0" />
      <span className="truncate">
        {alt || t("chat.foreignImage", { host: new URL(href).hostname })}
        {alt ? <span className="text-faint"> · {new URL(href).hostname}</span> : null}
      </span>
      <ExternalLink aria-hidden="true" className="size-3.5 shrink-0 opacity-70" />
    </a>
  );
}
