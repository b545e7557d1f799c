import type { ReactNode } from "react";
import type { PolicyKind } from "#features/panels/api.ts";

const DOT = 4.2;
type Point = readonly [number, number];

const A: Point = [12, 14];
const B: Point = [36, 14];
const C: Point = [60, 14];

function Dots({ at, hollow = false }: { at: readonly Point[]; hollow?: boolean }) {
  return at.map(([x, y]) => (
    <circle
      key={`${x}-${y}`}
      cx={x}
      cy={y}
      r={DOT}
      fill={hollow ? "none" : "currentColor"}
      stroke="currentColor"
      strokeWidth={hollow ? 1.5 : 0}
    />
  ));
}

function Arrows({ paths, soft = false }: { paths: readonly string[]; soft?: boolean }) {
  return paths.map((path) => (
    <path
      key={path}
      d={path}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeDasharray={soft ? "2 3" : undefined}
      markerEnd={soft ? undefined : "url(#panel-arrow)"}
    />
  ));
}

const CHAIR: Point = [36, 40];
const TO_CHAIR = ["M14 19 L31 36", "M36 20 L36 34", "M58 19 L41 36"];
const DRAWN: Record<PolicyKind, ReactNode> = {
  council: (
    <>
      <Dots at={[A, B, C]} />
      <Arrows soft paths={["M17 14 H31", "M41 14 H55"]} />
      <Arrows paths={TO_CHAIR} />
      <Dots at={[CHAIR]} hollow />
    </>
  ),
  merge: (
    <>
      <Dots at={[A, B, C]} />
      <Arrows paths={TO_CHAIR} />
      <Dots at={[CHAIR]} hollow />
    </>
  ),
  debate: (
    <>
      <Dots at={[A, C]} />
      <Arrows paths={["M18 11 H53", "M54 17 H19", "M36 22 L36 34"]} />
      <Dots at={[CHAIR]} hollow />
    </>
  ),
  round_robin: (
    <>
      <Dots at={[A, B, C]} />
      <Arrows paths={["M18 14 H30", "M42 14 H54", "M60 20 C58 44 14 44 12 21"]} />
    </>
  ),
  mention: (
    <>
      <Dots at={[A, B, C]} />
      <Arrows paths={["M36 38 L58 20"]} />
      <text x="36" y="46" textAnchor="middle" fontSize="13" fill="currentColor">
        @
      </text>
    </>
  ),
  moderator: (
    <>
      <Dots at={[A, B, C]} />
      <Arrows paths={["M36 34 L36 20"]} />
      <Arrows soft paths={["M32 36 L15 18", "M40 36 L57 18"]} />
      <Dots at={[CHAIR]} hollow />
    </>
  ),
  volunteer: (
    <>
      <Dots at={[[12, 36], B, [60, 36]]} />
      <Arrows paths={["M12 30 L12 24", "M60 30 L60 20"]} />
      <Arrows soft paths={["M8 8 H64"]} />
    </>
  ),
  manual: (
    <>
      <Dots at={[A, C]} hollow />
      <Dots at={[B]} />
      <Arrows paths={["M36 44 L36 21"]} />
    </>
  ),
};

/** How the word goes round, in a few strokes. */
export function PolicyDrawing({ kind }: { kind: PolicyKind }) {
  return (
    <svg viewBox="0 0 72 50" aria-hidden="true" className="h-12 w-[4.3rem] shrink-0">
      <defs>
        <marker id="panel-arrow" viewBox="0 0 6 6" refX="4" refY="3" markerWidth="5" markerHeight="5" orient="auto">
          <path d="M0 0 L6 3 L0 6 Z" fill="context-stroke" />
        </marker>
      </defs>
      {DRAWN[kind]}
    </svg>
  );
}
