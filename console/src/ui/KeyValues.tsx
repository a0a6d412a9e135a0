import type { ReactNode } from "react";

/** Facts, each with its label; a fact that is not there is left out. */
export function KeyValues({ facts }: { facts: [label: string, value: ReactNode][] }) {
    return (
        <dl className="kv">
            {facts.map(([label, value]) =>
                value === undefined || value === null || value === "" || value === false ? null : (
                    <div key={label} style={{ display: "contents" }}>
                        <dt>{label}</dt>
                        <dd dir="auto">{value}</dd>
                    </div>
                ),
            )}
        </dl>
    );
}
