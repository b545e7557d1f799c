/** The page that one came to by its address may stand further along its navigation than the window reaches. */
export function showOwnPlace(nav: HTMLElement | null): void {
  nav?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
