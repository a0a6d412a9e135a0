// A list and, beside it, what is open of it. On a narrow screen what is open takes the place of the list.
import type { ReactNode } from "react";
import { useNarrow } from "~/ui";
import "./beside.css";

export function Beside({ children, drawer }: { children: ReactNode; drawer?: ReactNode }) {
    const narrow = useNarrow();
    if (narrow && drawer) return <div className="beside beside-drawer">{drawer}</div>;
    return (
        <div className={`beside${drawer ? " has-drawer" : ""}`}>
            <div className="beside-main">{children}</div>
            {drawer && <div className="beside-drawer">{drawer}</div>}
        </div>
    );
}

/** Focus goes back to the row whose drawer was closed. */
export function focusRow(key: string | undefined): void {
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key ?? "")}"]`)?.focus());
}
