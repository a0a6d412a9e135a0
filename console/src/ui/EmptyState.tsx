// Why it is empty, and the one next act.
import { ListFilter, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export function EmptyState({ icon: Icon = ListFilter, title, children, acts }: { icon?: LucideIcon; title: string; children?: ReactNode; acts?: ReactNode }) {
    return (
        <div className="empty">
            <Icon size={24} aria-hidden />
            <h2>{title}</h2>
            {children && <p>{children}</p>}
            {acts && <div className="acts">{acts}</div>}
        </div>
    );
}
