/** The mark: three heads of one creature. */
export function Mark({ className }: { className?: string }) {
  const head = "M16 16C11.6 13.4 11.4 7.6 16 5.6c3.9-1.5 7.2 1.9 5.8 5";
  return (
    <svg
      viewBox="3 2 26 26"
      className={className}
      aria-hidden="true"
      fill="none"
      strokeWidth="3.1"
      strokeLinecap="round"
    >
      <path d={head} className="stroke-accent" />
      <path d={head} className="stroke-accent opacity-55" transform="rotate(120 16 16)" />
      <path d={head} className="stroke-bronze" transform="rotate(240 16 16)" />
    </svg>
  );
}
