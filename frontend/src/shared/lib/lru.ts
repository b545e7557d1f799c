/** A map that forgets what was least recently asked for. */
export function lru<Key, Value>(
  capacity: number,
): { get: (key: Key) => Value | undefined; set: (key: Key, value: Value) => void } {
  const entries = new Map<Key, Value>();
  return {
    get(key) {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      entries.delete(key);
      entries.set(key, value);
      return value;
    },
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      const oldest = entries.keys().next();
      if (entries.size > capacity && !oldest.done) entries.delete(oldest.value);
    },
  };
}
