// Beside the page, not over it: what it shows is a part of the address. `Esc` closes it, and focus goes back to its row.
import { t } from "@lingui/core/macro";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "./Button";

export type DrawerProps = {
    /** What stands beside the close button: status, number. */
    top?: ReactNode;
    title: string;
    onClose: () => void;
    /** Under the title: what is wrong and the act for it, then the acts. */
    head?: ReactNode;
    /** Tabs that stay when the rest is scrolled. */
    tabs?: ReactNode;
    foot?: ReactNode;
    children: ReactNode;
    /** A new subject takes the focus. */
    subject?: string;
};

export function Drawer({ top, title, onClose, head, tabs, foot, children, subject }: DrawerProps) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        if (subject) heading.current?.focus({ preventScroll: true });
    }, [subject]);
    return (
        <aside
            className="drawer"
            aria-label={title}
            onKeyDown={(event) => {
                if (event.key === "Escape" && !event.defaultPrevented) {
                    event.preventDefault();
                    onClose();
                }
            }}
        >
            <div className="dr-head">
                <div className="dr-top">
                    {top}
                    <span className="grow" />
                    <IconButton name={t`Cerrar`} icon={X} onPress={onClose} small />
                </div>
                <h2 ref={heading} tabIndex={-1} dir="auto">
                    {title}
                </h2>
                {head}
            </div>
            {tabs}
            {/* What is read alone is scrolled by key, too. */}
            <div className="dr-body" tabIndex={0}>
                {children}
            </div>
            {foot && <div className="dr-foot">{foot}</div>}
        </aside>
    );
}
