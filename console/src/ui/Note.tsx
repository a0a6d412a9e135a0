// Says the fact, then the way out.
import { CircleX, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode, Ref } from "react";

type Kind = "quiet" | "late" | "wait" | "refused" | "on-phone" | "good";

const ICONS: Record<Kind, LucideIcon> = { quiet: Info, late: TriangleAlert, wait: TriangleAlert, refused: CircleX, "on-phone": Info, good: Info };

export function Note({ kind = "quiet", icon, children, alert, ref }: { kind?: Kind; icon?: LucideIcon; children: ReactNode; alert?: boolean; ref?: Ref<HTMLDivElement> }) {
    const Icon = icon ?? ICONS[kind];
    return (
        <div ref={ref} className={`note note-${kind}`} role={alert ? "alert" : undefined} tabIndex={ref ? -1 : undefined}>
            <Icon size={16} aria-hidden />
            <div>{children}</div>
        </div>
    );
}
