// The parts of one entry of the menu, each with an address of its own.
import { Link } from "@tanstack/react-router";

export type PagePart = { to: string; label: string };

export function PageTabs({ label, parts }: { label: string; parts: PagePart[] }) {
    return (
        <nav className="tabs page-tabs" aria-label={label}>
            {parts.map((part) => (
                <Link key={part.to} to={part.to} className="tab" activeOptions={{ includeSearch: false }} activeProps={{ "aria-current": "page" }}>
                    {part.label}
                </Link>
            ))}
        </nav>
    );
}
