// The people of the day with the strip of their work, as the axis shows it, one below the other.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "~/app/format";
import { FAMILY, face, isOver, isWorking, type Placed } from "./model";
import type { Task } from "./queries";
import type { Board, Lane } from "./useBoard";
import { TaskStatus } from "./words";

const HOUR = 3_600_000;
const [FIRST, COUNT] = [6, 13];
/** As many people are drawn at once, whoever needs something first. */
const SHOWN = 200;

export function NarrowTechnicians({ board, onOpen, titled }: { board: Board; onOpen: (task: Task) => void; titled?: boolean }) {
    const { t } = useLingui();
    const more = board.rows.length - SHOWN;
    return (
        <section className="techs">
            {titled && (
                <h2>
                    <Trans>Técnicos</Trans>{" "}
                    <span className="dim">
                        <Trans>6 a 19 h</Trans>
                    </span>
                </h2>
            )}
            <ul className="card" aria-label={t`Técnicos`}>
                {board.rows.slice(0, SHOWN).map((row) => (
                    <Technician key={row.person.id} row={row} board={board} onOpen={onOpen} />
                ))}
            </ul>
            {more > 0 && <p className="dim">{plural(more, { one: "Y # persona más, que no necesita nada urgente: búsquela con un filtro.", other: "Y # personas más, que no necesitan nada urgente: búsquelas con un filtro." })}</p>}
        </section>
    );
}

function Technician({ row, board, onOpen }: { row: Lane; board: Board; onOpen: (task: Task) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const { now, from } = board;
    const hour = (instant: number) => Math.max(FIRST, Math.min(FIRST + COUNT, (instant - from) / HOUR));
    const subject = row.tasks.find(isWorking) ?? row.worst;
    const open = row.tasks.filter((task) => !isOver(task)).length;
    const crossing = row.bars.crossings[0];
    const strip = (bar: Placed) => <i key={bar.task.id} className={`bar-${FAMILY[face(bar.task, now)]}`} style={{ "--s": hour(bar.from), "--e": hour(bar.until) } as React.CSSProperties} />;
    return (
        <li>
            <button type="button" className="tech" disabled={!subject} onClick={() => subject && onOpen(subject)}>
                <span className="tech-top">
                    <b dir="auto">{row.person.name}</b>
                    {subject && <TaskStatus task={subject} now={now} />}
                </span>
                <span className="lane mini" aria-hidden style={{ "--from": FIRST, "--hours": COUNT } as React.CSSProperties}>
                    {row.bars.placed.map(strip)}
                    <i className="mini-now" style={{ "--s": hour(now), "--e": hour(now) } as React.CSSProperties} />
                </span>
                <small>
                    {crossing ? t`Se cruzan ${format.minutes(crossing.minutes)} a las ${format.time(crossing.from)}` : (row.absence ?? (open > 0 ? plural(open, { one: "Le queda # tarea", other: "Le quedan # tareas" }) : t`Libre`))}
                </small>
            </button>
        </li>
    );
}
