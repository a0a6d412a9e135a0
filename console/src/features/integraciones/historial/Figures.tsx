// How many rows became what: as a bar and in figures. What needs a person keeps its colour, what is zero stays quiet.
import { useLingui } from "@lingui/react/macro";
import { CircleX, Equal, type LucideIcon, Minus, Pencil, Plus } from "lucide-react";
import { useFormat } from "~/app/format";
import type { Run } from "./queries";
import "./historial.css";

export type Counts = Pick<Run, "created" | "updated" | "unchanged" | "refused" | "skipped">;

/** `would`: what an import would do, before it is done. */
export function Figures({ counts, would }: { counts: Counts; would?: boolean }) {
    const { t } = useLingui();
    const format = useFormat();
    const figures: [key: keyof Counts, icon: LucideIcon, label: string][] = [
        ["created", Plus, would ? t`crear` : t`creadas`],
        ["updated", Pencil, would ? t`cambiar` : t`cambiadas`],
        ["unchanged", Equal, t`sin cambios`],
        ["refused", CircleX, t`rechazadas`],
        ["skipped", Minus, t`no son datos`],
    ];
    return (
        <ul className="figures" aria-label={t`Resultado`}>
            {figures
                .filter(([key]) => key !== "skipped" || counts.skipped > 0)
                .map(([key, Icon, label]) => (
                    <li key={key} className={`fig fig-${key}${counts[key] === 0 ? " is-zero" : ""}`}>
                        <Icon size={16} aria-hidden />
                        <b>{format.number(counts[key])}</b> {label}
                    </li>
                ))}
        </ul>
    );
}

/** The same as a strip, for the eye alone. */
export function Proportions({ counts, rows }: { counts: Counts; rows: number }) {
    if (rows === 0) return <span className="proportions" aria-hidden />;
    const parts = (["created", "updated", "unchanged", "refused"] as const).filter((key) => counts[key] > 0);
    return (
        <span className="proportions" aria-hidden>
            {parts.map((key) => (
                <i key={key} className={`part-${key}`} style={{ width: `${Math.max(2, (counts[key] / rows) * 100)}%` }} />
            ))}
        </span>
    );
}
