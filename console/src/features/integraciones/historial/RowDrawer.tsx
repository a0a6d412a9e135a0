// One row as it came, with its letters, what is wrong where, what it changed and what it came to.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CircleX } from "lucide-react";
import { useMay } from "~/app/session";
import { Drawer, Note } from "~/ui";
import type { Row } from "./queries";
import { Changed } from "./Changed";
import { OutcomeMark } from "./words";

/** `A`, `B` … `Z`, `AA`. */
function letterOf(index: number): string {
    const rest = Math.floor(index / 26);
    return (rest > 0 ? letterOf(rest - 1) : "") + String.fromCharCode(65 + (index % 26));
}

export function RowDrawer({ row, onClose }: { row: Row; onClose: () => void }) {
    const { t } = useLingui();
    const mayTasks = useMay("view_tasks", "manage_tasks");
    const mayPois = useMay("view_pois", "manage_pois");
    const faults = row.faults ?? [];
    const wrong = new Set(faults.map((fault) => fault.column));
    const changes = row.changes ?? [];
    return (
        <Drawer title={t`Fila ${row.row}`} subject={String(row.row)} onClose={onClose} top={<OutcomeMark outcome={row.outcome} />}>
            {faults.map((fault, place) => (
                <Note key={place} kind={row.outcome === "refused" ? "refused" : "quiet"} icon={row.outcome === "refused" ? CircleX : undefined}>
                    {fault.column && (
                        <b>
                            {fault.column}
                            {fault.row}
                            {fault.heading && ` · ${fault.heading}`}:{" "}
                        </b>
                    )}
                    {fault.message}
                </Note>
            ))}
            {row.task && mayTasks && (
                <Link to="/tablero" search={{ tarea: row.task } as never} className="link">
                    <Trans>Ver la tarea</Trans>
                </Link>
            )}
            {row.poi && mayPois && (
                <Link to="/lugares" search={{ lugar: row.poi }} className="link">
                    <Trans>Ver el lugar</Trans>
                </Link>
            )}
            {changes.length > 0 && (
                <>
                    <div className="dr-sec">
                        <h3>
                            <Trans>Lo que cambió</Trans>
                        </h3>
                    </div>
                    <ul className="changes">
                        {changes.map((change) => (
                            <li key={change.field}>
                                <small>{change.heading ?? change.field}</small>
                                <span dir="auto">
                                    <Changed change={change} />
                                </span>
                            </li>
                        ))}
                    </ul>
                </>
            )}
            <div className="dr-sec">
                <h3>
                    <Trans>Como venía en el archivo</Trans>
                </h3>
            </div>
            <dl className="cell-list">
                {row.cells.map((cell, index) =>
                    cell === "" && !wrong.has(letterOf(index)) ? null : (
                        <div key={index} style={{ display: "contents" }}>
                            <dt>{letterOf(index)}</dt>
                            <dd className={wrong.has(letterOf(index)) ? "is-wrong" : undefined} dir="auto">
                                {cell || t`(vacía)`}
                            </dd>
                        </div>
                    ),
                )}
            </dl>
        </Drawer>
    );
}
