// What needs a person, each with the act for it: the first thing one sees on a narrow screen.
import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { CircleCheck } from "lucide-react";
import { useFormat } from "~/app/format";
import { Button, EmptyState } from "~/ui";
import { face, isUnassigned, planned } from "./model";
import type { Task } from "./queries";
import type { Board } from "./useBoard";
import { NarrowTechnicians } from "./NarrowTechnicians";
import { TaskStatus, titleOf, useWords } from "./words";

/** As many are drawn at once, the most urgent ones. */
const SHOWN = 40;

export const needsSomebody = (task: Task, now: number) => ["attention", "refused", "late"].includes(face(task, now)) || isUnassigned(task);

export function Attention({ board, onOpen, onAssign }: { board: Board; onOpen: (task: Task) => void; onAssign?: (task: Task) => void }) {
    const { t } = useLingui();
    const format = useFormat();
    const words = useWords();
    const { now } = board;
    const tasks = board.listed.filter((task) => needsSomebody(task, now));
    return (
        <div className="attention">
            <section>
                <h2>
                    <Trans>Necesitan a una persona</Trans> <span className="dim">{tasks.length}</span>
                </h2>
                {tasks.length === 0 ? (
                    <EmptyState icon={CircleCheck} title={t`Nada espera por usted`} />
                ) : (
                    <ul className="cards">
                        {tasks.slice(0, SHOWN).map((task) => {
                            const span = planned(task);
                            const people = task.progress.assignments.map((one) => one.name).join(", ");
                            return (
                                <li key={task.id} className="card">
                                    <div className="card-top">
                                        <TaskStatus task={task} now={now} long />
                                        <span className="dim">{[task.task_number, span && format.moment(span.from, now)].filter(Boolean).join(" · ")}</span>
                                    </div>
                                    <b dir="auto">{titleOf(task)}</b>
                                    <p>{[people, task.links?.type?.name, task.location?.address, ...(task.attention ?? []).map((one) => words.reason[one.reason] ?? one.reason)].filter(Boolean).join(" · ")}</p>
                                    <div className="card-acts">
                                        {onAssign && face(task, now) !== "refused" && <Button onPress={() => onAssign(task)}>{isUnassigned(task) ? t`Asignar…` : t`Reasignar…`}</Button>}
                                        <Button onPress={() => onOpen(task)}>{t`Abrir`}</Button>
                                    </div>
                                </li>
                            );
                        })}
                    </ul>
                )}
                {tasks.length > SHOWN && <p className="dim">{plural(tasks.length - SHOWN, { one: "Y # más: está en la lista de tareas.", other: "Y # más: están en la lista de tareas." })}</p>}
            </section>
            <NarrowTechnicians board={board} onOpen={onOpen} titled />
        </div>
    );
}
