/** Collects items and hands them on at most once per painted frame; in a hidden tab, by a slow clock. */
export function frameBatch<Item>(deliver: (items: Item[]) => void): { add: (item: Item) => void; flush: () => void } {
  let waiting: Item[] = [];
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    if (waiting.length === 0) return;
    const items = waiting;
    waiting = [];
    deliver(items);
  };
  const add = (item: Item) => {
    waiting.push(item);
    if (scheduled) return;
    scheduled = true;
    // A hidden tab gets no frames at all, yet its turn must go on.
    if (document.hidden) setTimeout(flush, 250);
    else requestAnimationFrame(flush);
  };
  return { add, flush };
}
