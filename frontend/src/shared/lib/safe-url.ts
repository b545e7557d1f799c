/** The address if a click on it can only open a web page or a mail; otherwise nothing. */
export function safeHref(url: string): string | null {
  try {
    const { protocol, href } = new URL(url);
    return protocol === "http:" || protocol === "https:" || protocol === "mailto:" ? href : null;
  } catch {
    return null;
  }
}

/** Whether a picture may be shown without telling a foreign host that it was looked at. */
export function isOwnImage(url: string): boolean {
  return /^(data:image\/(png|jpeg|webp|gif|avif);|blob:)/i.test(url) || /^\/(?!\/)/.test(url);
}
