// A page's place in the frame: the top bar with where one is, what belongs to the page, and the one primary act.
import { useLingui } from "@lingui/react/macro";
import { ChevronRight, Search } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Button as AriaButton } from "react-aria-components";
import { ToastPlace } from "~/ui/toast";
import { openPalette } from "./Palette";
import { LiveMark } from "./LiveMark";

export type PageProps = {
    /** The menu's word above this page, where it differs from the title. */
    section?: string;
    title: string;
    /** Between title and live mark, such as a day to step through. */
    bar?: ReactNode;
    /** The one primary act of the view. */
    primary?: ReactNode;
    children: ReactNode;
    className?: string;
};

export function Page({ section, title, bar, primary, children, className }: PageProps) {
    const { t } = useLingui();
    useEffect(() => {
        document.title = `${title} · Campo`;
    }, [title]);
    return (
        <>
            <header className="topbar">
                <h1>
                    {section && (
                        <>
                            <span className="topbar-section">{section}</span>
                            <ChevronRight size={14} aria-hidden className="dim topbar-section" />
                        </>
                    )}
                    <b>{title}</b>
                </h1>
                {bar && <div className="topbar-bar">{bar}</div>}
                <span className="grow" />
                <LiveMark />
                <AriaButton className="search" onPress={openPalette} aria-keyshortcuts="Control+K">
                    <Search size={14} aria-hidden />
                    <span>{t`Buscar o hacer…`}</span>
                    <kbd aria-hidden>Ctrl K</kbd>
                </AriaButton>
                {primary}
                <ToastPlace />
            </header>
            <main id="page" className={`page${className ? ` ${className}` : ""}`} tabIndex={-1}>
                {children}
            </main>
        </>
    );
}
