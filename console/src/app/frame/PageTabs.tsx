// The parts of one entry of the menu, each with an address of its own. Where they do not fit, the one that is open is seen.
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

export type PagePart = { to: string; label: string };

export function PageTabs({ label, parts }: { label: string; parts: PagePart[] }) {
    const bar = useRef<HTMLElement>(null);
    const { pathname } = useLocation();
    useEffect(() => {
        // What newer browsers give back here is no clean-up.
        void bar.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
    }, [pathname]);
    return (
        <nav ref={bar} className="tabs page-tabs" aria-label={label}>
            {parts.map((part) => (
                <Link key={part.to} to={part.to} className="tab" activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "page" }}>
                    {part.label}
                </Link>
            ))}
        </nav>
    );
}
