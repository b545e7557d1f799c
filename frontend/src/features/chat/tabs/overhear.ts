// Hears which conversations changed, in whatever tab and on whatever device, by one socket that always comes back.
import { request } from "#shared/api/client.ts";
import { ApiError } from "#shared/api/errors.ts";

/** `null`: any may have changed. */
export type Changed = readonly string[] | null;

type Overheard = { onChanged: (ids: Changed) => void; onHearing: () => void };

const LONGEST_MS = 30_000;
/** Closed for good: the session is over, or may not. */
const FINAL: ReadonlySet<number> = new Set([1008, 4401, 4403]);

function address(): string {
  return `${window.location.origin.replace(/^http/, "ws")}/api/v1/ws/conversations`;
}

function idsIn(data: unknown): Changed | undefined {
  if (typeof data !== "string") return undefined;
  const frame = JSON.parse(data) as { type: string; conversation_ids?: Changed };
  if (frame.type === "overhearing") return null;
  return frame.type === "conversations.changed" ? (frame.conversation_ids ?? null) : undefined;
}

/** Whether to try again: a handshake that fails does not say why, so the session is asked for. */
async function isWorthIt(): Promise<boolean> {
  try {
    await request("/session");
    return true;
  } catch (thrown) {
    return !(thrown instanceof ApiError) || thrown.status !== 401;
  }
}

/** Closes a socket once it is open: browsers complain of one that is closed before. */
function part(socket: WebSocket): void {
  socket.onmessage = null;
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
  else socket.close();
}

/** Listens until the returned function is called. Where there are no sockets, nothing is heard and nothing is lost. */
export function overhear({ onChanged, onHearing }: Overheard): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isOver = false;

  const later = () => {
    const wait = Math.min(LONGEST_MS, 500 * 2 ** failures) * (0.75 + Math.random() / 2);
    failures += 1;
    timer = setTimeout(() => void again(), wait);
  };
  const again = async () => {
    clearTimeout(timer);
    if (isOver || socket) return;
    if (!(await isWorthIt())) return;
    if (!isOver && !socket) connect();
  };
  const connect = () => {
    const opened = new WebSocket(address());
    socket = opened;
    opened.onmessage = ({ data }) => {
      const ids = idsIn(data);
      if (ids === undefined) return;
      onChanged(ids);
      if (failures > 0 || ids === null) onHearing();
      failures = 0;
    };
    opened.onclose = ({ code }) => {
      socket = null;
      if (!isOver && !FINAL.has(code)) later();
    };
  };
  const online = () => {
    failures = 0;
    void again();
  };
  window.addEventListener("online", online);
  connect();
  return () => {
    isOver = true;
    clearTimeout(timer);
    window.removeEventListener("online", online);
    if (socket) part(socket);
  };
}
