import { useCallback, useEffect, useRef } from "react";

/** A ref callback: calls back whenever its element comes near the visible part of the page. */
export function useInView(onSeen: () => void): (element: Element | null) => (() => void) | undefined {
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  return useCallback((element: Element | null) => {
    if (!element) return undefined;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current(),
      {
        rootMargin: "200px",
      },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
}
