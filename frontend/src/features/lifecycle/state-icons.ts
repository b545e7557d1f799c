import { CheckCheck, CirclePause, type LucideIcon, MessageCircle, Wind } from "lucide-react";
import type { State } from "./api.ts";

export const STATE_ICONS: Record<State, LucideIcon> = {
  active: MessageCircle,
  paused: CirclePause,
  completed: CheckCheck,
  retired: Wind,
};
