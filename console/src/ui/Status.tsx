// Icon and word, and a colour that only helps; the same thing has the same face everywhere.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export type Family = "unassigned" | "not-yet" | "silent" | "wait" | "on-phone" | "on-way" | "working" | "good" | "late" | "done" | "withdrawn" | "past" | "refused" | "set-aside";

export function Status({ family, icon: Icon, children, pill, title }: { family: Family; icon: LucideIcon; children: ReactNode; pill?: boolean; title?: string }) {
    return (
        <span className={`st st-${family}${pill ? " pill" : ""}`} title={title}>
            <Icon size={14} aria-hidden />
            {children}
        </span>
    );
}
